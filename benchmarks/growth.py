"""Measure the size of the database: all tables with their indexes."""

from django.apps import apps
from django.db import connection

from . import people

# MariaDB only estimates the size of its tables.
BYTES = {
    "sqlite": """SELECT (page_count - freelist_count) * page_size
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size""",
    "postgresql": "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables",
}


def can_count_bytes() -> bool:
    """Can the database tell how large its tables are?"""
    return connection.vendor in BYTES


def count_rows() -> int:
    """Return the number of rows in all tables."""
    return sum(model._base_manager.count() for model in apps.get_models())


def count_bytes() -> int:
    """Return the bytes in use, after the database has cleaned up."""
    people.settle()
    with connection.cursor() as cursor:
        cursor.execute(BYTES[connection.vendor])
        [used] = cursor.fetchone()
    return int(used)
