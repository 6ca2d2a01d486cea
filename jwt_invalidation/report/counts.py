"""Count the sessions and the revocations of the last two weeks, by day and by reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from ..models import Revocation, TokenSession
from ..sessions.status import live_sessions
from ..strategies.active import sessions_are_on

DAYS = 14


@dataclass(frozen=True)
class Sessions:
    """Counts of sessions. All are zero where logins start no sessions."""

    on: bool
    live: int
    started: int
    #: By day, as ISO 8601, the oldest first. No day is left out.
    started_by_day: dict[str, int]


@dataclass(frozen=True)
class Revocations:
    """Counts of entries of the log."""

    time_zone: str
    total: int
    #: By day, as ISO 8601, the oldest first. No day is left out.
    by_day: dict[str, int]
    #: The most frequent first.
    by_reason: dict[str, int]
    #: What had changed behind Django's back, the most frequent first.
    by_cause: dict[str, int]


def count_sessions(*, using: str) -> Sessions:
    """Count the sessions in the table. `flush_tokens` deletes those that ended long ago."""
    midnights = _midnights()
    if not sessions_are_on():
        return Sessions(False, 0, 0, _by_day(midnights, [0] * DAYS))
    recent = TokenSession.objects.using(using).filter(_within(midnights))
    by_day = _by_day(midnights, recent.aggregate(**_counts(midnights)).values())
    return Sessions(True, live_sessions(using=using).count(), sum(by_day.values()), by_day)


def count_revocations(*, using: str) -> Revocations:
    """Count the entries of the log in one statement."""
    midnights = _midnights()
    log = Revocation.objects.using(using).filter(_within(midnights)).order_by()
    by_reason: Counter[str] = Counter()
    by_cause: Counter[str] = Counter()
    each_day = [0] * DAYS
    for reason, cause, *counts in log.values_list("reason", "cause").annotate(**_counts(midnights)):
        by_reason[reason] += sum(counts)
        by_cause[cause] += sum(counts)
        each_day = [sum(day) for day in zip(each_day, counts, strict=True)]
    # Most entries need none.
    by_cause.pop("", None)
    return Revocations(
        time_zone=timezone.get_current_timezone_name(),
        total=sum(each_day),
        by_day=_by_day(midnights, each_day),
        by_reason=_most_frequent_first(by_reason),
        by_cause=_most_frequent_first(by_cause),
    )


def _most_frequent_first(totals: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(totals.items(), key=lambda each: (-each[1], each[0])))


def _midnights() -> list[datetime]:
    """Return when each of the days begins, in the current time zone, and when today ends."""
    today = timezone.localdate() if settings.USE_TZ else timezone.now().date()
    days = [today + timedelta(days=offset) for offset in range(1 - DAYS, 2)]
    naive = [datetime.combine(day, time.min) for day in days]
    return [timezone.make_aware(each) for each in naive] if settings.USE_TZ else naive


def _within(midnights: list[datetime]) -> Q:
    """Return the condition that a row was created on one of the days."""
    return Q(created_at__gte=midnights[0], created_at__lt=midnights[-1])


def _counts(midnights: list[datetime]) -> dict[str, Count]:
    """Return an aggregate for each day: the number of rows that were created on it.

    The database compares instants, because not every database knows time zones.
    """
    return {
        f"day{number}": Count("pk", filter=Q(created_at__gte=start, created_at__lt=end))
        for number, (start, end) in enumerate(pairwise(midnights))
    }


def _by_day(midnights: list[datetime], counts: Iterable[int]) -> dict[str, int]:
    days = [each.date().isoformat() for each in midnights[:-1]]
    return dict(zip(days, counts, strict=True))
