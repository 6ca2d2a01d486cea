"""What `manage.py check` says, and of which sites it says nothing.

Covers checks.
"""
