"""SQL that the ORM does not write for us.

Belongs here: how a statement is built, sent, or fails, whatever it is about. Any room may import
from here; this room imports only the root's `exceptions`.
"""
