"""Lock users, their states and the epoch: users before states, and in the order of their keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from ..models import TokenEpoch
from ..users import user_model


def lock_users(user_ids: Sequence[Any], *, using: str) -> None:
    """Lock the users and then their states, in the order of their keys, as saving a user does.

    Users without a state are not locked, and nothing is on databases that lock no rows.
    """
    with_state = {"pk__in": user_ids, "token_state__token_version__isnull": False}
    users = user_model()._base_manager.using(using).filter(**with_state).order_by("pk")
    if _locks_rows(using):
        list(_for_update(users, using=using).values_list("pk"))


def locked_user(version: int | None, *, using: str, **lookup: Any) -> QuerySet[Any]:
    """Return a queryset of the one user whose token version is ``version``; None for any version.

    Evaluate it inside a transaction. It locks user and state: no revocation can come between the
    look at the version and the commit of what is inserted because of it.
    """
    if version is not None:
        lookup["token_state__token_version"] = version
    users = user_model()._base_manager.using(using).filter(**lookup)
    return _for_update(users, using=using) if _locks_rows(using) else users


def lock_epoch(*, using: str) -> None:
    """Lock the epoch: nobody can revoke everyone's tokens until the end of the transaction."""
    epochs = TokenEpoch.objects.using(using)
    epochs.bulk_create([TokenEpoch(token_epoch=0)], ignore_conflicts=True)
    if _locks_rows(using):
        list(epochs.select_for_update())


def _locks_rows(using: str) -> bool:
    return connections[using].features.has_select_for_update


def _for_update(users: QuerySet[Any], *, using: str) -> QuerySet[Any]:
    # The weakest lock that serves: rows that refer to the users can be inserted meanwhile.
    no_key = connections[using].features.has_select_for_no_key_update
    return users.select_for_update(no_key=no_key)
