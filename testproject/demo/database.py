"""A temporary database for the demo, on the server that the site is configured for."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import secrets
from tempfile import TemporaryDirectory

from django.core.management import CommandError
from django.db import Error, connection


@contextmanager
def temporary_database() -> Iterator[None]:
    """Create and migrate a database, let the site use it, and destroy it whatever happens.

    Raise a ``CommandError`` if the server does not answer or refuses. The site's own database is
    neither read nor written.
    """
    own_name = connection.settings_dict["NAME"]
    name = f"jwt_invalidation_demo_{os.getpid()}_{secrets.token_hex(4)}"
    with TemporaryDirectory(prefix=name) as directory:
        if connection.vendor == "sqlite":
            # A file, not memory: all threads of the server must see it.
            name = str(Path(directory, "demo.sqlite3"))
        connection.settings_dict["TEST"]["NAME"] = name
        try:
            _create()
            yield
        finally:
            # Django destroys the database of the connection: only if that is the temporary one.
            if connection.settings_dict["NAME"] == name:
                _destroy(own_name)


def _create() -> None:
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    except (Error, SystemExit) as error:
        # Django prints the reason before it exits.
        reason = "see above" if isinstance(error, SystemExit) else error
        raise CommandError(f"No database could be created for the demo: {reason}") from error


def _destroy(own_name: str) -> None:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        # Django removes the file, which does not exist before the first statement.
        Path(name).touch()
    try:
        connection.creation.destroy_test_db(own_name, verbosity=0)
    except Error as error:
        raise CommandError(f"The database {name} could not be deleted: {error}") from error
