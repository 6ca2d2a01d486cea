"""Turn database errors into messages for the operator of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management.base import CommandError
from django.db import Error, connections

from ..exceptions import StateUnavailable
from ..users import user_model


@contextmanager
def database_errors_explained(using: str, *, aftermath: str) -> Iterator[None]:
    """Raise a ``CommandError`` if the database fails or lacks our tables.

    ``aftermath`` is a sentence that tells the operator what was done before the failure.
    """
    try:
        _require_tables(using)
        yield
    except StateUnavailable as error:
        if isinstance(error.__cause__, Error):
            raise _failure(error.__cause__, aftermath) from error
        raise CommandError(f"Others kept changing a user. {aftermath}") from error
    except Error as error:
        raise _failure(error, aftermath) from error


def _failure(error: Error, aftermath: str) -> CommandError:
    # The first line only: in the others PostgreSQL quotes whole rows, password hashes included.
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
