"""Flush: delete sessions and log entries that can no longer matter, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
import time
from typing import Any, NamedTuple

from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.utils import aware_utcnow

from ..conf import conf
from ..db.batches import batches
from ..models import Revocation, TokenEpoch, TokenSession
from ..state import store
from ..state.versions import second_of
from ..users import write_alias

#: A hundred years. Much longer ones would lead to dates that Python cannot represent.
LONGEST_RETENTION = timedelta(days=36_500)


class Progress(NamedTuple):
    """How many rows a flush has deleted so far, or would delete in a dry run."""

    #: Rows found when the flush began. Rows that are locked by others are left for the next flush.
    total: int
    #: Deleted sessions, which had ended or expired.
    sessions: int = 0
    #: Deleted log entries of single tokens, which had expired.
    tokens: int = 0
    #: Deleted log entries of other kinds.
    revocations: int = 0

    @property
    def deleted(self) -> int:
        """All deleted rows."""
        return self.sessions + self.tokens + self.revocations


def flush(
    *,
    batch_size: int,
    retention: timedelta | None = None,
    dry_run: bool = False,
    using: str | None = None,
) -> Iterator[Progress]:
    """Delete rows older than ``retention``; yield the progress at first and after each transaction.

    ``retention`` defaults to ``AUDIT_RETENTION``. ``dry_run`` counts and deletes nothing. An
    interrupted flush can be run again.

    No token is accepted again because of it: a token whose session is not on record is refused, and
    the entry of a single token is kept until every copy of that token has expired. No decision
    depends on the other log entries.

    Raise ``ValueError`` if ``batch_size`` is below one.
    """
    if batch_size < 1:
        raise ValueError("A batch must hold at least one row.")
    using = using or write_alias()
    kept_for = conf.AUDIT_RETENTION if retention is None else retention
    kinds: dict[str, QuerySet[Any]] = {
        "sessions": _sessions(kept_for, using=using),
        "tokens": _entries_of_tokens(kept_for, using=using),
        "revocations": _other_entries(kept_for, using=using),
    }
    found = {name: rows.count() for name, rows in kinds.items()}
    progress = Progress(total=sum(found.values()))
    if dry_run:
        yield progress._replace(**found)
        return
    yield progress
    store.forget_revoked_tokens(_entries_of_living_tokens(using=using), using=using)
    for name, rows in kinds.items():
        for deleted in _deletions(rows, batch_size, using=using):
            progress = progress._replace(**{name: getattr(progress, name) + deleted})
            yield progress


def _sessions(retention: timedelta, *, using: str) -> QuerySet[TokenSession]:
    # Kept while a client may still use one of its tokens, so that the refusal can be explained.
    # Not longer: addresses are personal data, and the log tells that the session ended.
    kept_for = min(retention, conf.SESSION_LIFETIME)
    is_past = Q(ended_at__lte=timezone.now() - kept_for)
    moment = int(time.time() - kept_for.total_seconds())
    is_past |= Q(idle_exp__lte=moment)
    epoch = TokenEpoch.objects.using(using).values_list("token_epoch", flat=True).first()
    if epoch is not None and second_of(epoch) <= moment:
        # Everyone was revoked: sessions of a former epoch ended then, without being written.
        is_past |= ~Q(token_epoch=epoch)
    return TokenSession.objects.using(using).filter(is_past)


def _entries_of_tokens(retention: timedelta, *, using: str) -> QuerySet[Revocation]:
    # By simplejwt's clock, which is in UTC even without USE_TZ.
    is_past = Q(expires_at__lte=aware_utcnow() - max(retention, _life_of_copies()))
    return _entries(retention, using=using).filter(is_past, scope=Revocation.Scope.TOKEN)


def _entries_of_living_tokens(*, using: str) -> QuerySet[Revocation]:
    entries = Revocation.objects.using(using).filter(scope=Revocation.Scope.TOKEN)
    return entries.exclude(expires_at__lte=aware_utcnow() - _life_of_copies())


def _life_of_copies() -> timedelta:
    """Return for how long after a revoked token has expired a copy of it may live.

    A sliding token keeps its jti when it is renewed, and so does any token whose expiry is set. No
    copy outlives a session. The leeway counts, because it may have been made longer since.
    """
    of_copies: timedelta = max(conf.SESSION_LIFETIME, conf.simplejwt.SLIDING_TOKEN_LIFETIME)
    return min(of_copies, LONGEST_RETENTION) + conf.leeway


def _other_entries(retention: timedelta, *, using: str) -> QuerySet[Revocation]:
    return _entries(retention, using=using).exclude(scope=Revocation.Scope.TOKEN)


def _entries(retention: timedelta, *, using: str) -> QuerySet[Revocation]:
    return Revocation.objects.using(using).filter(created_at__lte=timezone.now() - retention)


def _deletions(rows: QuerySet[Any], batch_size: int, *, using: str) -> Iterator[int]:
    """Delete ``rows`` in the order of their keys; yield the number deleted in each transaction."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch_size])
    while keys:
        for batch in batches(keys, using=using):
            yield _delete(rows, batch, using=using)
        later = rows.filter(pk__gt=keys[-1])
        keys = list(later.order_by("pk").values_list("pk", flat=True)[:batch_size])


def _delete(rows: QuerySet[Any], keys: Sequence[Any], *, using: str) -> int:
    """Delete the rows with these keys that still belong to ``rows``; return how many there were."""
    features = connections[using].features
    with transaction.atomic(using=using):
        if features.has_select_for_update:
            # Locked rows are skipped: they are in use, and without waiting there is no deadlock.
            # (InnoDB may still wait in the DELETE below, which scans the whole of a small table.)
            skip = features.has_select_for_update_skip_locked
            unused = rows.filter(pk__in=keys).order_by("pk").select_for_update(skip_locked=skip)
            keys = list(unused.values_list("pk", flat=True))
            if not keys:
                return 0
        # Not delete(): it reads the rows first, for signals, and then deletes by their keys alone.
        deleted: int = rows.filter(pk__in=keys)._raw_delete(using)
    return deleted
