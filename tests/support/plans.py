"""The statements that the gate has built."""

from django.db import connections

from jwt_invalidation.db import compiled_query


def forget_plans():
    """Let all statements be built anew, on the connections of this thread and on new ones."""
    compiled_query._plans.clear()
    for connection in connections.all(initialized_only=True):
        vars(connection).pop(compiled_query.COMPILED, None)
