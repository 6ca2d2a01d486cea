"""The clocks of tests: the process's stands still, and the database's cannot be moved."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db.models import F
import time_machine

from jwt_invalidation.models import TokenSession

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@contextmanager
def stopped(moment):
    with time_machine.travel(moment, tick=False) as traveller:
        yield Clock(traveller)


class Clock:
    """The clock of this process, which a test may move."""

    def __init__(self, traveller):
        self.traveller = traveller

    def shift(self, delta):
        """Let time pass, for the graces of rotations as well."""
        seconds = delta.total_seconds() if isinstance(delta, timedelta) else delta
        self.traveller.shift(seconds)
        age_graces(seconds)

    def move_to(self, moment):
        """Set the clock of this process alone."""
        self.traveller.move_to(moment)


def age_graces(seconds):
    """Let the graces of rotations be so much older: they go by the database's clock."""
    TokenSession.objects.update(grace_exp=F("grace_exp") - int(seconds))
