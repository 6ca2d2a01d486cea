"""Tell whoever runs a command, in a sentence, what the database could not do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management.base import CommandError
from django.db import Error, connections

from ..exceptions import StateUnavailable
from ..users import user_model


@contextmanager
def database_errors_explained(using: str, *, aftermath: str) -> Iterator[None]:
    """Turn a database that fails, or lacks our tables, into a ``CommandError``.

    ``aftermath`` is the sentence that says what was done until then.
    """
    try:
        _require_tables(using)
        yield
    except StateUnavailable as error:
        if isinstance(error.__cause__, Error):
            raise _failure(error.__cause__, aftermath) from error
        raise CommandError(f"A user was changed again and again. {aftermath}") from error
    except Error as error:
        raise _failure(error, aftermath) from error


def _failure(error: Error, aftermath: str) -> CommandError:
    # The first line alone: PostgreSQL quotes whole rows, with their hashes, in those below.
    reason = str(error).partition("\n")[0]
    return CommandError(f"The database failed: {reason}. {aftermath}")


def _require_tables(using: str) -> None:
    models = [user_model(), *apps.get_app_config("jwt_invalidation").get_models()]
    missing = {model._meta.db_table for model in models}
    missing.difference_update(connections[using].introspection.table_names())
    if missing:
        raise CommandError(
            f"The database has no table {', '.join(sorted(missing))}: run `manage.py migrate` first."
        )
