"""Sweep: reconcile all users with their state rows, in batches."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from .. import reconciliation
from ..state import store
from ..state.snapshot import Difference, Snapshot, all_snapshots
from ..users import user_model, write_alias

# The credentials are the same, but the record is to be renewed.
STALE = (Difference.REHASHED, Difference.REACTIVATED)


class Progress(NamedTuple):
    """How many users a sweep has checked so far, and what it has found."""

    #: Users when the sweep began. Fewer or more may be checked: users are deleted and created.
    total: int
    checked: int = 0
    #: Users who had no state row.
    recorded: int = 0
    #: Users who were changed out of band. Their versions were bumped, so their tokens are dead.
    bumped: int = 0
    #: Users whose fingerprint was made with an old key, or of an older hash of the same password.
    refreshed: int = 0
    #: Users who are left alone, because their record was made with a ``SECRET_KEY`` unknown here.
    unknown: int = 0


def sweep(
    *, batch_size: int, dry_run: bool = False, using: str | None = None
) -> Iterator[Progress]:
    """Reconcile every user, hidden ones included; yield the progress at first and after each batch.

    Memory is bounded by the batch. A batch whose users agree with their state takes one statement.
    ``dry_run`` counts and writes nothing. An interrupted sweep can be run again.

    Raise ``ValueError`` if ``batch_size`` is below one, and `StateUnavailable` if others keep
    changing a row.
    """
    if batch_size < 1:
        raise ValueError("A batch must hold at least one user.")
    using = using or write_alias()
    progress = Progress(total=user_model()._base_manager.using(using).count())
    yield progress
    seen = _read(batch_size, using=using)
    while seen:
        differences = [(each, each.difference()) for each in seen]
        newcomers = [each for each, found in differences if found is Difference.NO_STATE]
        changed = [each for each, found in differences if found.is_change]
        stale = [each for each, found in differences if found in STALE]
        unknown = [each for each, found in differences if found is Difference.UNKNOWN_KEY]
        if not dry_run:
            _record(newcomers, using=using)
            _refresh(stale, using=using)
            _reconcile(changed, using=using)
        progress = progress._replace(
            checked=progress.checked + len(seen),
            recorded=progress.recorded + len(newcomers),
            bumped=progress.bumped + len(changed),
            refreshed=progress.refreshed + len(stale),
            unknown=progress.unknown + len(unknown),
        )
        yield progress
        seen = _read(batch_size, using=using, pk__gt=seen[-1].pk)


def _read(batch_size: int, *, using: str, **after: Any) -> list[Snapshot]:
    # Read to the end before writing. Otherwise SQLite does both in one transaction, and fails it if
    # another connection has written meanwhile.
    batch = all_snapshots(using).filter(**after).order_by("pk")[:batch_size]
    return [Snapshot(**each) for each in batch]


def _record(newcomers: Sequence[Snapshot], *, using: str) -> None:
    while newcomers:
        try:
            store.record(newcomers, using=using)
        except IntegrityError:
            # A user was deleted after the batch was read: the new row would refer to nobody.
            remaining = store.without_state([each.pk for each in newcomers], using=using)
            if len(remaining) == len(newcomers):
                raise
            newcomers = remaining
        else:
            return


def _refresh(stale: Sequence[Snapshot], *, using: str) -> None:
    """Renew the fingerprints of the stored hashes with the current key; bump no version."""
    if not stale:
        return
    # One transaction: committing each row by itself would cost more than everything else.
    with transaction.atomic(using=using):
        overtaken = [
            seen
            for seen in stale
            if not store.compare_and_set(seen, store.adopted(seen), using=using)
        ]
    _reconcile(overtaken, using=using)


def _reconcile(seen: Sequence[Snapshot], *, using: str) -> None:
    for each in seen:
        # The user was deleted meanwhile, and the tokens with the user.
        with suppress(ObjectDoesNotExist):
            reconciliation.reconcile(each.pk, using=using)
