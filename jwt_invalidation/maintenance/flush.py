"""Flush: delete the sessions and lines of the log that can no longer matter, in batches."""

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
from ..models import Revocation, TokenSession
from ..users import write_alias

#: The calendar ends somewhere.
LONGEST_RETENTION = timedelta(days=36_500)


class Progress(NamedTuple):
    """How far a flush has come."""

    #: Rows that could go when the flush began; those that somebody else is at are left for the next.
    total: int
    #: Sessions that have ended or expired.
    sessions: int = 0
    #: Lines of the log that name one token, which has expired.
    tokens: int = 0
    #: All other lines of the log.
    revocations: int = 0

    @property
    def deleted(self) -> int:
        """All that are gone."""
        return self.sessions + self.tokens + self.revocations


def flush(
    *,
    batch_size: int,
    retention: timedelta | None = None,
    dry_run: bool = False,
    using: str | None = None,
) -> Iterator[Progress]:
    """Delete what is past ``retention``; yield the progress at first and after each transaction.

    None stands for ``AUDIT_RETENTION``. ``dry_run`` counts and writes nothing. A flush that was
    broken off can be run again.

    It brings no token back: a session that is not on record is refused as one that has ended, and
    a token's own entry stays until no copy of the token is left. All other lines are a mere log.

    Raise ``ValueError`` for a batch of nothing.
    """
    if batch_size < 1:
        raise ValueError("A batch must hold at least one row.")
    using = using or write_alias()
    kept_for = conf.AUDIT_RETENTION if retention is None else retention
    kinds: dict[str, QuerySet[Any]] = {
        "sessions": _sessions(kept_for, using=using),
        "tokens": _entries_of_tokens(kept_for, using=using),
        "revocations": _other_lines(kept_for, using=using),
    }
    found = {name: rows.count() for name, rows in kinds.items()}
    progress = Progress(total=sum(found.values()))
    if dry_run:
        yield progress._replace(**found)
        return
    yield progress
    for name, rows in kinds.items():
        for deleted in _deletions(rows, batch_size, using=using):
            progress = progress._replace(**{name: getattr(progress, name) + deleted})
            yield progress


def _sessions(retention: timedelta, *, using: str) -> "QuerySet[TokenSession]":
    # As long as one of its tokens may be shown it can be said why that is refused. Not longer: the
    # log tells that it ended, and addresses are personal data.
    kept_for = min(retention, conf.SESSION_LIFETIME)
    is_past = Q(ended_at__lte=timezone.now() - kept_for)
    is_past |= Q(idle_exp__lte=int(time.time() - kept_for.total_seconds()))
    return TokenSession.objects.using(using).filter(is_past)


def _entries_of_tokens(retention: timedelta, *, using: str) -> "QuerySet[Revocation]":
    # A copy of the token may live on when the one that was revoked expires: a sliding token keeps
    # its id when it is renewed, any token when its expiry is set. No session lives longer than
    # this; and the leeway may have grown.
    of_copies = max(conf.SESSION_LIFETIME, conf.simplejwt.SLIDING_TOKEN_LIFETIME)
    kept_for = max(retention, min(of_copies, LONGEST_RETENTION) + conf.leeway)
    # By simplejwt's clock, UTC in any case.
    is_past = Q(expires_at__lte=aware_utcnow() - kept_for)
    return _lines(retention, using=using).filter(is_past, scope=Revocation.Scope.TOKEN)


def _other_lines(retention: timedelta, *, using: str) -> "QuerySet[Revocation]":
    return _lines(retention, using=using).exclude(scope=Revocation.Scope.TOKEN)


def _lines(retention: timedelta, *, using: str) -> "QuerySet[Revocation]":
    return Revocation.objects.using(using).filter(created_at__lte=timezone.now() - retention)


def _deletions(rows: "QuerySet[Any]", batch_size: int, *, using: str) -> Iterator[int]:
    """Delete ``rows`` in the order of their keys; yield how many went in each transaction."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch_size])
    while keys:
        for batch in batches(keys, using=using):
            yield _delete(rows, batch, using=using)
        later = rows.filter(pk__gt=keys[-1])
        keys = list(later.order_by("pk").values_list("pk", flat=True)[:batch_size])


def _delete(rows: "QuerySet[Any]", keys: Sequence[Any], *, using: str) -> int:
    """Delete those of ``rows`` with these keys that still belong to them; return how many did."""
    features = connections[using].features
    with transaction.atomic(using=using):
        if features.has_select_for_update:
            # Who waits for nobody cannot deadlock. A row that is locked is in use after all. (InnoDB
            # may wait below, where it reads all of a small table to find the rows that are ours.)
            skip = features.has_select_for_update_skip_locked
            unused = rows.filter(pk__in=keys).order_by("pk").select_for_update(skip_locked=skip)
            keys = list(unused.values_list("pk", flat=True))
            if not keys:
                return 0
        # Not delete(), which reads first, for the signals, and then asks no more than the keys.
        deleted: int = rows.filter(pk__in=keys)._raw_delete(using)
    return deleted
