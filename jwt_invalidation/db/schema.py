"""Which tables a connection leads to: what a process remembers of some is not true of others."""

from typing import Any, TypeAlias

from django.db import connections

Place: TypeAlias = tuple[str, Any]


def place_of(using: str) -> Place:
    """Return what tells our tables on one connection apart: the alias and a tenant's schema."""
    # Where each tenant has a schema of its own, django-tenants calls its name so.
    return using, getattr(connections[using], "schema_name", None)
