"""``manage.py demo``: show on a real server which tokens are refused, one line per step."""

from io import TextIOWrapper
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from testproject.demo.database import temporary_database
from testproject.demo.hashing import modest_work_factor
from testproject.demo.refusal import in_words
from testproject.demo.server import serving
from testproject.demo.step import Step
from testproject.demo.story import STEPS, Stage


class Command(BaseCommand):
    """Runs all steps, prints each, and fails if one is not as promised."""

    help = "Shows over HTTP, with its own server and database, which tokens die and which live."
    # The demo shows what the running site answers, even if it is set up badly.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all steps, even if one fails."""
        if isinstance(sys.stdout, TextIOWrapper):
            # Not every terminal can print the marks below.
            sys.stdout.reconfigure(errors="backslashreplace")
        with temporary_database(), modest_work_factor() as hasher, serving() as site:
            stage = Stage(site, hasher)
            self.stdout.write(f"{site} on a temporary database, strategy: {settings.STRATEGY}")
            steps = [Step(number, title) for number, title in enumerate(STEPS, start=1)]
            for step in steps:
                self._play(step, stage)
        broken = [str(step) for step in steps if not step.is_as_promised]
        if broken:
            raise CommandError(f"Not as promised: {', '.join(broken)}")
        self.stdout.write(f"All {len(steps)} steps as promised.")
        self.stdout.write(
            f"Strategy: {settings.STRATEGY}. Access tokens died {_latest(steps, 'me')},"
            f" refresh tokens {_latest(steps, 'refresh')}."
        )

    def _play(self, step: Step, stage: Stage) -> None:
        try:
            STEPS[step.title](stage, step)
        except CommandError:
            # The demo itself cannot continue.
            raise
        except Exception as error:  # The other steps are shown as well.
            step.observe("step", type(error).__name__, error, "no exception")
        mark = self.style.SUCCESS("✓") if step.is_as_promised else self.style.ERROR("✗")
        self.stdout.write(f"{mark} {step!s:<26}  {step.summary}")
        for complaint in step.complaints:
            self.stdout.write(self.style.ERROR(f"      {complaint}"))


def _latest(steps: list[Step], endpoint: str) -> str:
    """Return how long it took at most until a token was refused at an endpoint."""
    age = max(each.age for step in steps for each in step.refusals.get(endpoint, []))
    return f"{in_words(age)} at the latest" if age else in_words(age)
