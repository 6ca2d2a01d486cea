"""``manage.py demo``: the whole promise on a real server, a line for each step."""

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
    """Plays the story, prints each step, and fails if one is not as promised."""

    help = "Show over HTTP, on a database and a server of its own, which tokens die and which live."
    # What counts here is what the running site answers, also when it is set up badly.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Play all the steps, whatever becomes of each."""
        if isinstance(sys.stdout, TextIOWrapper):
            # Not every terminal has the marks below.
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
            # The demo itself cannot go on.
            raise
        except Exception as error:  # The steps after it are to be seen, too.
            step.see("step", type(error).__name__, error, "no exception")
        mark = self.style.SUCCESS("✓") if step.is_as_promised else self.style.ERROR("✗")
        self.stdout.write(f"{mark} {step!s:<26}  {step.summary}")
        for complaint in step.complaints:
            self.stdout.write(self.style.ERROR(f"      {complaint}"))


def _latest(steps: list[Step], entrance: str) -> str:
    """Return when the last of all refused tokens died at an entrance."""
    age = max(each.age for step in steps for each in step.refusals.get(entrance, []))
    return f"{in_words(age)} at the latest" if age else in_words(age)
