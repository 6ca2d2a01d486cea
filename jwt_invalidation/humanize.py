"""Say when something is or was, in UTC and from now."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.timesince import timesince, timeuntil


def in_utc(date: float) -> str:
    """Return a time like ``"2026-03-01 12:00:00 UTC"``; ``date`` is in Unix seconds."""
    return f"{datetime.fromtimestamp(date, UTC):%Y-%m-%d %H:%M:%S} UTC"


def ago(moment: datetime) -> str:
    """Return how long ago ``moment`` was, like ``"2 minutes ago"``."""
    if timezone.now() - moment < timedelta(minutes=1):
        return "less than a minute ago"
    return f"{_plain(timesince(moment))} ago"


def from_now(date: float) -> str:
    """Return a time like ``"in 3 minutes"`` or ``"2 hours ago"``; ``date`` is in Unix seconds."""
    moment, now = datetime.fromtimestamp(date, UTC), datetime.now(UTC)
    distance = abs(moment - now)
    if distance < timedelta(minutes=1):
        seconds = int(distance.total_seconds())
        words = "1 second" if seconds == 1 else f"{seconds} seconds"
    else:
        words = _plain(timeuntil(moment, now) if moment > now else timesince(moment, now))
    return f"in {words}" if moment > now else f"{words} ago"


#: A duration that does not end by itself.
ENDLESS = timedelta.max

UNITS = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
}


def duration_in_words(duration: timedelta) -> str:
    """Return for example ``"1 day 12 hours"``; ``"none"`` for zero."""
    if duration == ENDLESS:
        return "without end"
    parts = []
    for name, unit in UNITS.items():
        count, duration = divmod(duration, unit)
        if count:
            parts.append(f"{count} {name}" if count == 1 else f"{count} {name}s")
    return " ".join(parts) or "none"


def _plain(words: str) -> str:
    # Django puts a no-break space between number and unit.
    return words.replace("\xa0", " ")
