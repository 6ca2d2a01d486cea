"""The public verbs, and the one path on which tokens die."""

from collections.abc import Iterable, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from .audit import new_entry, write_lines
from .db.batches import batches
from .exceptions import StateUnavailable
from .models import Revocation
from .signals import tokens_revoked
from .state import store
from .state.locks import lock_users
from .state.snapshot import Snapshot, take_snapshot
from .strategies.force import strategies_in_force
from .users import primary_keys_of, write_alias

RECONCILE_ATTEMPTS = 10

Scope, Reason = Revocation.Scope, Revocation.Reason


def revoke_users(
    users: "QuerySet[Any] | Iterable[Any]",
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
    line = new_entry(Scope.USER, reason, actor=actor, note=note, using=using)
    # Chosen where it is written: a replica may not know yet who they are.
    user_ids = primary_keys_of(users.using(using) if isinstance(users, QuerySet) else users)
    # Read before the transaction: SQLite refuses a transaction that reads first and then writes.
    newcomers = [
        each
        for batch in batches(user_ids, using=using)
        for each in store.stateless(batch, using=using)
    ]
    with transaction.atomic(using=using):
        if newcomers:
            store.record(newcomers, using=using)
        revoked = sum(
            _revoke_batch(batch, line, using=using) for batch in batches(user_ids, using=using)
        )
        if revoked:
            _tell_strategies(user_ids, line)
            _announce(line, user_ids, using=using)
    return revoked


def revoke_user(
    user: Any, *, reason: str, actor: AbstractBaseUser | None = None, note: str = ""
) -> int:
    """Kill every token of one user; see `revoke_users`."""
    return revoke_users([user], reason=reason, actor=actor, note=note)


def revoke_everyone(*, reason: str, actor: AbstractBaseUser | None = None, note: str = "") -> None:
    """Kill every token there is by raising one row, whatever the number of users."""
    using = write_alias()
    line = new_entry(Scope.EVERYONE, reason, actor=actor, note=note, using=using)
    with transaction.atomic(using=using):
        line.version = store.raise_epoch(using=using)
        line.save(using=using, force_insert=True)
        for strategy in strategies_in_force():
            strategy.revoke_everyone(line)
        _announce(line, [], using=using)


def record_deletion(user_id: Any, *, using: str) -> None:
    """Write down that a user is about to be deleted, in the transaction that deletes it.

    The tokens die with the row; the log and the strategies are told while there is a state to read.
    """
    line = new_entry(Scope.USER, Reason.DELETED, using=using)
    with transaction.atomic(using=using):
        lock_users([user_id], using=using)
        _conclude([user_id], line, using=using)


def reconcile(
    user_id: Any, *, using: str | None = None, out_of_band: bool = True, newborn: bool = False
) -> Snapshot:
    """Make the stored state agree with the user row; return the snapshot in which they do.

    Raises the version, once, if the credentials changed. ``out_of_band`` says that nobody
    announced the change; ``newborn`` that the user was inserted just now.

    Raise the user model's ``DoesNotExist``, and `StateUnavailable` if others keep changing the row.
    """
    using = using or write_alias()
    for _ in range(RECONCILE_ATTEMPTS):
        seen = take_snapshot(user_id, using=using)
        if not seen.has_state:
            store.record([seen], using=using, newborn=newborn)
            continue
        if newborn and seen.state_not_before is None:
            # Others have seen the user first, of another app's receiver, say.
            store.compare_and_set(seen, store.born_now(seen), using=using)
            continue
        if seen.agrees and seen.is_current:
            return seen
        then = store.adopted(seen) if seen.agrees else store.raised(seen)
        if _store(seen, then, out_of_band=out_of_band, using=using):
            return then
    raise StateUnavailable()


arevoke_users = sync_to_async(revoke_users)
arevoke_user = sync_to_async(revoke_user)
arevoke_everyone = sync_to_async(revoke_everyone)


def _revoke_batch(user_ids: Sequence[Any], line: Revocation, *, using: str) -> int:
    lock_users(user_ids, using=using)
    revoked = store.raise_versions(user_ids, using=using)
    write_lines(user_ids, line, using=using)
    return revoked


def _store(seen: Snapshot, then: Snapshot, *, out_of_band: bool, using: str) -> bool:
    """Write what agrees with the user row; record it as a revocation if the version rises."""
    if seen.agrees:
        return store.compare_and_set(seen, then, using=using)
    line = new_entry(Scope.USER, Reason.OTHER, using=using)
    if not seen.password_agrees:
        line.reason, line.note = Reason.PASSWORD_CHANGED, "The password was changed."
    elif not seen.stored_is_active:
        line.reason, line.note = Reason.DEACTIVATED, "The account was deactivated."
    else:
        line.note = "The account was reactivated."
    if out_of_band:
        line.reason = Reason.OUT_OF_BAND
    with transaction.atomic(using=using):
        is_ours = store.compare_and_set(seen, then, using=using)
        if is_ours:
            _conclude([seen.pk], line, using=using)
    return is_ours


def _conclude(user_ids: Sequence[Any], line: Revocation, *, using: str) -> None:
    write_lines(user_ids, line, using=using)
    _tell_strategies(user_ids, line)
    _announce(line, user_ids, using=using)


def _tell_strategies(user_ids: Sequence[Any], line: Revocation) -> None:
    for strategy in strategies_in_force():
        strategy.revoke_users(user_ids, line)


def _announce(line: Revocation, user_ids: Sequence[Any], *, using: str) -> None:
    def send() -> None:
        tokens_revoked.send_robust(
            sender=Revocation,
            scope=line.scope,
            user_ids=list(user_ids),
            reason=line.reason,
            actor=line.actor,
        )

    transaction.on_commit(send, using=using, robust=True)
