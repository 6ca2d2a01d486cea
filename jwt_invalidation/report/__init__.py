"""What `manage.py token_report` asks of the site, and what it says.

Belongs here: what an operator wants to see on one screen or as JSON. Imports checks, which survey
the site, and sessions. Writes nothing.
"""
