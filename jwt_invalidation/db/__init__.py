"""SQL that the ORM does not write for us.

Belongs here: how statements are built and sent, what waits for the commit, what happens if they fail, and
columns of kinds that Django does not have. Any room may import from here; this room imports only the
root's `exceptions`.
"""
