"""Lock users and their states: users before states before sessions, and in the order of their keys.

Two that lock the same rows in one order never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from ..models import TokenState
from ..users import user_model


def lock_users(user_ids: Sequence[Any], *, using: str) -> list[Any]:
    """Lock the users and then their states, in the order of their keys; return who is there.

    On databases that lock no rows nothing is locked, and all of ``user_ids`` are returned.
    """
    if not _locks_rows(using):
        return list(user_ids)
    users = user_model()._base_manager.using(using).filter(pk__in=user_ids).order_by("pk")
    there = list(_for_update(users, using=using).values_list("pk", flat=True))
    states = TokenState.objects.using(using).filter(user__in=there).order_by("user")
    list(states.select_for_update().values_list("user"))
    return there


def locked_user(version: int | None, *, using: str, **lookup: Any) -> QuerySet[Any]:
    """Return a queryset of the one user whose token version is ``version``; None for any version.

    Evaluate it inside a transaction. It locks user and state: no revocation can come between the
    look at the version and the commit of what is inserted because of it.
    """
    if version is not None:
        lookup["token_state__token_version"] = version
    users = user_model()._base_manager.using(using).filter(**lookup)
    return _for_update(users, using=using) if _locks_rows(using) else users


def _locks_rows(using: str) -> bool:
    return connections[using].features.has_select_for_update


def _for_update(users: QuerySet[Any], *, using: str) -> QuerySet[Any]:
    # The weakest lock that serves: rows that refer to the users can be inserted meanwhile.
    no_key = connections[using].features.has_select_for_no_key_update
    return users.select_for_update(no_key=no_key)
