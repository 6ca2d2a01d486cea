"""A database whose tables are missing, or that does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from rest_framework.response import Response


@contextmanager
def table_missing(model: Any) -> Iterator[None]:
    """Hide a table, as before `migrate`."""
    name = model._meta.db_table
    _rename(name, f"{name}_hidden")
    try:
        yield
    finally:
        _rename(f"{name}_hidden", name)


def _rename(old: str, new: str) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}")


@contextmanager
def database_down() -> Iterator[None]:
    """Lose the connection, and find nobody listening where it led to."""
    elsewhere = {"NAME": "/nowhere/db.sqlite3"} if connection.vendor == "sqlite" else {"PORT": "1"}
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = {**before, **elsewhere}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


def assert_unavailable(response: Response) -> None:
    assert response.status_code == 503, response.content
    assert int(response.headers["Retry-After"]) > 0
    assert set(response.json()) == {"detail"}
    assert "WWW-Authenticate" not in response.headers
