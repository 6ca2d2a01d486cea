"""SQL that the ORM does not write for us.

Belongs here: how statements are built and sent, what happens if they fail, and what waits for the
commit. Any room may import from here; this room imports only the root's `exceptions`.
"""
