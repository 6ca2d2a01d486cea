"""The admin: revoke, end sessions, read the log.

Covers admin.
"""
