"""Count the sessions: those that live now, and those that were started on each of the last days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..models import TokenSession
from ..sessions.status import live_sessions
from ..strategies.active import sessions_are_on
from .days import counts_by_day, last_days, within


@dataclass(frozen=True)
class Sessions:
    """Days oldest first, none left out; nothing but zeros where logins start no sessions."""

    are_in_force: bool
    live: int
    by_day: Mapping[date, int]

    @property
    def started(self) -> int:
        """All sessions that were started on these days."""
        return sum(self.by_day.values())


def count_sessions(*, using: str) -> Sessions:
    """Count the sessions on record, of which `flush_tokens` leaves those that ended lately."""
    days = last_days()
    if not sessions_are_on():
        return Sessions(are_in_force=False, live=0, by_day=dict.fromkeys(days, 0))
    started = TokenSession.objects.using(using).filter(within(days))
    counts = started.aggregate(**counts_by_day(days))
    return Sessions(
        are_in_force=True,
        live=live_sessions(using=using).count(),
        by_day=dict(zip(days, counts.values(), strict=True)),
    )
