"""SQL that the ORM does not write for us.

Belongs here: how statements are built and sent, what happens if they fail, what waits for the commit,
the database's clock, and columns of kinds that Django does not have. Any room may import from here. This
room imports only the root's `exceptions`.
"""
