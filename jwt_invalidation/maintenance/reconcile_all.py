"""Sweep: hold every user against its state row, in batches."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from .. import reconciliation
from ..state import store
from ..state.snapshot import Difference, Snapshot, all_snapshots
from ..users import user_model, write_alias


class Progress(NamedTuple):
    """How far a sweep has come, and what it has found so far."""

    #: Users when the sweep began; more or fewer may be checked, for users come and go.
    total: int
    checked: int = 0
    #: Users that had no state row.
    recorded: int = 0
    #: Users that were changed out of band: their tokens are dead.
    bumped: int = 0
    #: Users whose fingerprint was made with a former key, or of a former hash of the same password.
    refreshed: int = 0


def sweep(
    *, batch_size: int, dry_run: bool = False, using: str | None = None
) -> Iterator[Progress]:
    """Reconcile every user, hidden ones included; yield the progress at first and after each batch.

    Memory is bounded by the batch, and so is the number of statements for users that agree.
    ``dry_run`` counts and writes nothing. A sweep that was broken off can be run again.

    Raise ``ValueError`` for a batch of nobody, and `StateUnavailable` if others keep changing a row.
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
        stale = [each for each, found in differences if found is Difference.REHASHED]
        if not dry_run:
            _record(newcomers, using=using)
            _refresh(stale, using=using)
            _reconcile(changed, using=using)
        progress = progress._replace(
            checked=progress.checked + len(seen),
            recorded=progress.recorded + len(newcomers),
            bumped=progress.bumped + len(changed),
            refreshed=progress.refreshed + len(stale),
        )
        yield progress
        seen = _read(batch_size, using=using, pk__gt=seen[-1].pk)


def _read(batch_size: int, *, using: str, **after: Any) -> list[Snapshot]:
    # Read to the end before anything is written: SQLite refuses to do both in one transaction.
    batch = all_snapshots(using).filter(**after).order_by("pk")[:batch_size]
    return [Snapshot(**each) for each in batch]


def _record(newcomers: Sequence[Snapshot], *, using: str) -> None:
    while newcomers:
        try:
            store.record(newcomers, using=using)
        except IntegrityError:
            # The row of a user who was deleted since they were read has nobody to belong to.
            present = store.without_state([each.pk for each in newcomers], using=using)
            if len(present) == len(newcomers):
                raise
            newcomers = present
        else:
            return


def _refresh(stale: Sequence[Snapshot], *, using: str) -> None:
    """Write the fingerprints of the stored hashes anew, under the present key; raise nothing."""
    if not stale:
        return
    # One transaction, for each commit of a single row costs more than all the rest.
    with transaction.atomic(using=using):
        overtaken = [
            seen
            for seen in stale
            if not store.compare_and_set(seen, store.adopted(seen), using=using)
        ]
    _reconcile(overtaken, using=using)


def _reconcile(seen: Sequence[Snapshot], *, using: str) -> None:
    for each in seen:
        # Deleted meanwhile: there is nobody left whose tokens could be alive.
        with suppress(ObjectDoesNotExist):
            reconciliation.reconcile(each.pk, using=using)
