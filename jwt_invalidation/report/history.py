"""Count the revocations of the last days, by day and by reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..models import Revocation
from .days import counts_by_day, last_days, within


@dataclass(frozen=True)
class History:
    """Days oldest first, none left out; reasons the most frequent first."""

    by_day: Mapping[date, int]
    by_reason: Mapping[str, int]

    @property
    def total(self) -> int:
        """All revocations of these days."""
        return sum(self.by_day.values())


def count_revocations(*, using: str) -> History:
    """Count the log of the last two weeks in one statement."""
    days = last_days()
    log = Revocation.objects.using(using).filter(within(days)).order_by()
    rows = {
        reason: by_day
        for reason, *by_day in log.values_list("reason").annotate(**counts_by_day(days))
    }
    by_day = {day: sum(row[number] for row in rows.values()) for number, day in enumerate(days)}
    totals = {reason: sum(row) for reason, row in rows.items()}
    by_reason = dict(sorted(totals.items(), key=lambda each: (-each[1], each[0])))
    return History(by_day, by_reason)
