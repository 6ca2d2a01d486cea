"""The last two weeks, day by day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

DAYS = 14


def last_days() -> list[date]:
    """Return the days of the current time zone, oldest first, today included."""
    today = timezone.localdate() if settings.USE_TZ else timezone.now().date()
    return [today - timedelta(days=ago) for ago in reversed(range(DAYS))]


def within(days: Sequence[date]) -> Q:
    """Return the condition of rows that were created on one of these days."""
    starts = _starts(days)
    return Q(created_at__gte=starts[0], created_at__lt=starts[-1])


def counts_by_day(days: Sequence[date]) -> dict[str, Count]:
    """Return an aggregate for each day: how many rows were created then.

    The bounds of the days are worked out here: not every database knows time zones.
    """
    return {
        f"day{number}": Count("pk", filter=Q(created_at__gte=start, created_at__lt=end))
        for number, (start, end) in enumerate(pairwise(_starts(days)))
    }


def _starts(days: Sequence[date]) -> list[datetime]:
    """Return when each of the days begins, and when the last one ends."""
    return [_start_of(day) for day in (*days, days[-1] + timedelta(days=1))]


def _start_of(day: date) -> datetime:
    midnight = datetime.combine(day, time.min)
    return timezone.make_aware(midnight) if settings.USE_TZ else midnight
