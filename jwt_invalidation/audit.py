"""Write the revocation log: an entry for each user, in one statement for many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable

from .db.insert_select import insert_selected
from .models import Revocation, TokenState
from .signals import send_on_commit, tokens_revoked
from .users import primary_key_of

# The columns of an entry that come from the state row of the user.
FROM_STATE: dict[str, Combinable] = {"subject_id": F("user"), "version": F("token_version")}


def new_entry(
    scope: Revocation.Scope,
    reason: str,
    *,
    actor: AbstractBaseUser | None = None,
    note: str = "",
    using: str,
) -> Revocation:
    """Return an entry that is not written yet.

    Raise ``ValueError`` for an unknown reason, ``TypeError`` for an actor who is no user.
    """
    entry = Revocation(scope=scope, reason=Revocation.Reason(reason), note=note)
    # Strategies read from it which database to write to.
    entry._state.db = using
    if actor is not None:
        entry.actor_id = primary_key_of(actor)
    return entry


def write_entry(entry: Revocation, *, using: str) -> None:
    """Insert one entry that names no user."""
    entry.save(using=using, force_insert=True)


def write_entries(user_ids: Sequence[Any], entry: Revocation, *, using: str) -> None:
    """Insert ``entry`` once for each of the users that has a state row, with its current version."""
    rows = TokenState.objects.filter(user__in=user_ids)
    write_selected(entry, FROM_STATE, rows, using=using)


def write_selected(
    entry: Revocation, selected: Mapping[str, Combinable], rows: QuerySet[Any], *, using: str
) -> None:
    """Insert ``entry`` once for each of ``rows``, which the ``selected`` columns are taken from."""
    columns: dict[str, Combinable] = {
        field.name: Value(getattr(entry, field.attname), output_field=field)
        for field in Revocation._meta.local_concrete_fields
        if not field.primary_key
    }
    insert_selected(Revocation, {**columns, **selected}, rows, using=using)


def announce_revocation(
    entry: Revocation,
    user_ids: Sequence[Any],
    *,
    actor: AbstractBaseUser | None = None,
    using: str,
) -> None:
    """Send ``tokens_revoked`` after the commit."""
    send_on_commit(
        tokens_revoked,
        sender=Revocation,
        using=using,
        scope=entry.scope,
        user_ids=list(user_ids),
        reason=entry.reason,
        actor=actor,
    )
