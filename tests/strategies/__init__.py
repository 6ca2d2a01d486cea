"""One contract for all strategies, each of them by itself, combined, and changed on a live site.

Covers strategies, token_blacklist.
"""
