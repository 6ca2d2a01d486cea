"""Make the stored state agree with the user row: the one path on which a change bumps a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections, transaction

from .audit import announce_revocation, new_entry, write_entries
from .db.batches import batches
from .exceptions import StateUnavailable
from .models import Revocation
from .state import store
from .state.locks import lock_users
from .state.snapshot import Difference, Snapshot, take_snapshot
from .strategies.active import active_strategies
from .users import write_alias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["reconcile"]

RECONCILE_ATTEMPTS = 10

Scope, Reason, Cause = Revocation.Scope, Revocation.Reason, Revocation.Cause

# What the log says of each change: the reason if it was made through Django, otherwise the cause.
ENTRIES = {
    Difference.PASSWORD: (
        Reason.PASSWORD_CHANGED,
        Cause.PASSWORD_CHANGED,
        "The password was changed.",
    ),
    Difference.DEACTIVATED: (
        Reason.DEACTIVATED,
        Cause.DEACTIVATED,
        "The account was deactivated.",
    ),
    Difference.UNKNOWN_KEY: (
        Reason.OUT_OF_BAND,
        Cause.UNKNOWN_KEY,
        "The record was made with a SECRET_KEY that is not known any more.",
    ),
}


def reconcile(
    user_id: Any,
    *,
    using: str | None = None,
    out_of_band: bool = True,
    just_created: bool = False,
    drop_unknown_key: bool = False,
) -> Snapshot:
    """Make the stored state agree with the user row; return the snapshot in which they do.

    Bumps the version, once, if the credentials changed. ``out_of_band`` says that nobody
    announced the change; ``just_created`` that the user was inserted just now.

    A record made with a ``SECRET_KEY`` that this process does not know cannot be compared, so it is
    left as it is. ``drop_unknown_key`` makes it anew and bumps the version: a user has logged in.

    Raise the user model's ``DoesNotExist``, and `StateUnavailable` if others keep changing the row.
    """
    using = using or write_alias()
    is_in_transaction = connections[using].in_atomic_block
    for attempt in range(RECONCILE_ATTEMPTS):
        seen = take_snapshot(user_id, using=using)
        difference = seen.difference()
        if is_in_transaction and attempt == 0 and difference is not Difference.NONE:
            # The transaction may write the user later, and users are locked before their states.
            lock_users([user_id], using=using)
            continue
        match difference:
            case Difference.NO_STATE:
                store.record([seen], using=using, just_created=just_created)
            case _ if just_created and seen.state_not_before is None:
                # Others have recorded the user first, another app's receiver for example.
                store.compare_and_set(seen, store.created_now(seen), using=using)
            case Difference.NONE:
                return seen
            case Difference.UNKNOWN_KEY if not drop_unknown_key:
                return seen
            case Difference.REHASHED | Difference.REACTIVATED:
                then = store.adopted(seen)
                if store.compare_and_set(seen, then, using=using):
                    return then
            case change:
                leave_fingerprint = not (seen.key_is_known or drop_unknown_key)
                then = store.bumped(seen, leave_fingerprint=leave_fingerprint)
                if _bump(seen, then, change, out_of_band=out_of_band, using=using):
                    return then
    raise StateUnavailable()


def record_password_change(user_id: Any, *, using: str) -> None:
    """Revoke the tokens of a user whose password was saved, and whose record cannot be compared.

    The fingerprint is left to the processes that know its key.
    """
    reason, _, note = ENTRIES[Difference.PASSWORD]
    entry = new_entry(Scope.USER, reason, note=note, using=using)
    with transaction.atomic(using=using):
        lock_users([user_id], using=using)
        store.bump_versions([user_id], using=using)
        _conclude([user_id], entry, using=using)


def record_deletions(user_ids: Sequence[Any], *, using: str) -> None:
    """Record that users are about to be deleted, in the transaction that deletes them.

    The tokens die with the rows. The log and the strategies are told while the states can be read.
    """
    entry = new_entry(Scope.USER, Reason.DELETED, using=using)
    with transaction.atomic(using=using):
        # The users before the sessions, which Django deletes first.
        there = [
            user_id
            for batch in batches(user_ids, using=using)
            for user_id in lock_users(batch, using=using)
        ]
        # Another deletion of the same users may have been faster.
        if there:
            _conclude(there, entry, using=using)


def _bump(
    seen: Snapshot, then: Snapshot, change: Difference, *, out_of_band: bool, using: str
) -> bool:
    """Store the bumped version and record the revocation, unless somebody else was first."""
    reason, cause, note = ENTRIES[change]
    entry = new_entry(Scope.USER, reason, note=note, using=using)
    if out_of_band:
        entry.reason, entry.cause = Reason.OUT_OF_BAND, cause
    with transaction.atomic(using=using):
        is_ours = store.compare_and_set(seen, then, using=using)
        if is_ours:
            _conclude([seen.pk], entry, using=using)
    return is_ours


def _conclude(user_ids: Sequence[Any], entry: Revocation, *, using: str) -> None:
    for batch in batches(user_ids, using=using):
        write_entries(batch, entry, using=using)
    for strategy in active_strategies():
        strategy.revoke_users(user_ids, entry)
    announce_revocation(entry, user_ids, using=using)
