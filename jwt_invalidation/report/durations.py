"""Say how long something lasts, in words or in seconds."""

from datetime import timedelta

#: What does not end by itself.
ENDLESS = timedelta.max
NOTHING = timedelta(0)

UNITS = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
}


def in_words(duration: timedelta) -> str:
    """Return ``"1 day 12 hours"``, say."""
    if duration == ENDLESS:
        return "without end"
    parts = []
    for name, unit in UNITS.items():
        count, duration = divmod(duration, unit)
        if count:
            parts.append(f"{count} {name}" if count == 1 else f"{count} {name}s")
    return " ".join(parts) or "none"


def in_seconds(duration: timedelta) -> float | None:
    """Return the seconds, whole ones as an integer; None for what does not end."""
    if duration == ENDLESS:
        return None
    seconds = duration.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
