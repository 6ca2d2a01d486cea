"""The public verbs that make tokens dead: of one user, of many, of everyone, or a single token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet
from rest_framework_simplejwt.utils import datetime_from_epoch

from .audit import (
    announce_revocation,
    new_entry,
    write_entries,
    write_entry,
)
from .conf import conf
from .db.batches import batches
from .models import Revocation
from .sessions.ending import announce_ends
from .sessions.succession import jti_of
from .state import store
from .state.deadlocks import retried_after_deadlock
from .state.locks import lock_users
from .strategies.active import active_strategies, sessions_are_on
from .users import primary_keys_of, user_model, write_alias

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

    from .state.snapshot import Snapshot

__all__ = [
    "Reason",
    "arevoke_everyone",
    "arevoke_token",
    "arevoke_user",
    "arevoke_users",
    "revoke_everyone",
    "revoke_token",
    "revoke_user",
    "revoke_users",
]

Scope, Reason = Revocation.Scope, Revocation.Reason


def revoke_users(
    users: QuerySet[Any] | Iterable[Any],
    *,
    reason: str,
    actor: AbstractBaseUser | None = None,
    note: str = "",
) -> int:
    """Kill every token of ``users`` in one transaction; return how many users that were.

    ``users`` is a queryset, or instances or primary keys of users. ``reason`` is a
    `Revocation.Reason` or its value. Keys that name nobody are not counted.

    Raise ``ValueError`` for an unknown reason or an unsaved user, ``TypeError`` for things that
    are not users; nothing is revoked then.
    """
    using = write_alias()
    entry = new_entry(Scope.USER, reason, actor=actor, note=note, using=using)
    # Chosen where it is written: a replica may not know yet who they are.
    user_ids = primary_keys_of(users.using(using) if isinstance(users, QuerySet) else users)
    # Read before the transaction: SQLite refuses a transaction that reads first and then writes.
    without_state = [
        each
        for batch in batches(user_ids, using=using)
        for each in store.without_state(batch, using=using)
    ]
    return _revoke(user_ids, entry, without_state, actor=actor, using=using)


def revoke_user(
    user: Any, *, reason: str, actor: AbstractBaseUser | None = None, note: str = ""
) -> int:
    """Kill every token of one user; see `revoke_users`."""
    return revoke_users([user], reason=reason, actor=actor, note=note)


def revoke_everyone(*, reason: str, actor: AbstractBaseUser | None = None, note: str = "") -> None:
    """Kill every token there is by bumping one row, whatever the number of users.

    The epoch and the log entry commit first, by themselves: it takes milliseconds, and waits for no
    lock on a user or a session. Inside a transaction of yours it commits with that. Strategies do
    their bookkeeping after the commit; if one of them fails, the tokens are dead all the same.
    """
    using = write_alias()
    entry = new_entry(Scope.EVERYONE, reason, actor=actor, note=note, using=using)
    with transaction.atomic(using=using):
        entry.version = store.bump_epoch(using=using)
        write_entry(entry, using=using)
        if sessions_are_on():
            announce_ends([(None, None)], reason=entry.reason, using=using)
        announce_revocation(entry, [], actor=actor, using=using)
        for strategy in active_strategies():
            transaction.on_commit(partial(strategy.revoke_everyone, entry), using=using)


def revoke_token(
    token: Token, *, reason: str, actor: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """Kill one verified token, by its jti, for the rest of its life.

    Raise ``ImproperlyConfigured`` without `SessionStrategy`, which is what looks it up, and where
    simplejwt is set to give tokens no id.
    """
    if conf.simplejwt.JTI_CLAIM is None:
        raise ImproperlyConfigured('Set SIMPLE_JWT["JTI_CLAIM"] to revoke single tokens.')
    if not sessions_are_on():
        raise ImproperlyConfigured(
            'Add SessionStrategy to JWT_INVALIDATION["STRATEGIES"] to revoke single tokens.'
        )
    using = write_alias()
    entry = new_entry(Scope.TOKEN, reason, actor=actor, note=note, using=using)
    leeway = token.get_token_backend().get_leeway()
    entry.expires_at = datetime_from_epoch(token["exp"]) + leeway
    entry.identifier = jti_of(token)
    lookup = {conf.simplejwt.USER_ID_FIELD: token[conf.simplejwt.USER_ID_CLAIM]}
    users = user_model()._base_manager.using(using).filter(**lookup)
    user_ids = list(users.values_list("pk", flat=True))
    # Of a token from before this app was installed, nothing may be on record.
    _revoke_token(user_ids, entry, store.without_state(user_ids, using=using), actor, using=using)


@retried_after_deadlock
def _revoke_token(
    user_ids: Sequence[Any],
    entry: Revocation,
    without_state: Sequence[Snapshot],
    actor: AbstractBaseUser | None,
    *,
    using: str,
) -> None:
    with transaction.atomic(using=using):
        there = lock_users(user_ids, using=using)
        store.record([each for each in without_state if each.pk in there], using=using)
        if store.note_revoked_token(there, using=using):
            write_entries(there, entry, using=using)
            announce_revocation(entry, there, actor=actor, using=using)


@retried_after_deadlock
def _revoke(
    user_ids: Sequence[Any],
    entry: Revocation,
    without_state: Sequence[Snapshot],
    *,
    actor: AbstractBaseUser | None,
    using: str,
) -> int:
    with transaction.atomic(using=using):
        # All of them first: a user who has no state yet is locked before it is made.
        there = {
            user_id
            for batch in batches(user_ids, using=using)
            for user_id in lock_users(batch, using=using)
        }
        store.record([each for each in without_state if each.pk in there], using=using)
        revoked = sum(
            _revoke_batch(batch, entry, using=using) for batch in batches(user_ids, using=using)
        )
        if revoked:
            for strategy in active_strategies():
                strategy.revoke_users(user_ids, entry)
            announce_revocation(entry, user_ids, actor=actor, using=using)
    return revoked


def _revoke_batch(user_ids: Sequence[Any], entry: Revocation, *, using: str) -> int:
    revoked = store.bump_versions(user_ids, using=using)
    write_entries(user_ids, entry, using=using)
    return revoked


arevoke_users = sync_to_async(revoke_users)
arevoke_user = sync_to_async(revoke_user)
arevoke_everyone = sync_to_async(revoke_everyone)
arevoke_token = sync_to_async(revoke_token)
