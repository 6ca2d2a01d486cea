"""The command that prints the report."""

import shutil
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...checks.settings import check_settings
from ...report.gather import gather_report, to_json
from ...report.screen import draw_report
from ...report.views import findings_of
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples


class Command(BaseCommand):
    """Gather the report, and print it."""

    help = "\n".join(
        [
            "Shows on one screen which strategies are active, how long tokens live, how long a",
            "revoked one may still be accepted at worst, which views of the URLconf are guarded,",
            "how many sessions were started and what was revoked in the last two weeks. Writes",
            "nothing.",
        ]
    )
    # The report shows what the checks find, so an error must not stop it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        show_examples(
            parser,
            "token_report",
            "token_report --json",
            "token_report --json | jq .views.unguarded",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help=(
                "Prints one JSON object, with nothing left out. Durations are in seconds; null is"
                " one without end."
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report; raise a ``CommandError`` if the settings or the database forbid it."""
        _require_settings()
        using = write_alias()
        aftermath = "Nothing was reported: run the command again when it answers."
        with database_errors_explained(using, aftermath=aftermath):
            report = gather_report(using=using)
        if options["json"]:
            self.stdout.write(to_json(report))
            return
        screen = shutil.get_terminal_size()
        self.stdout.write(draw_report(report, width=screen.columns, height=screen.lines))


def _require_settings() -> None:
    """Raise a ``CommandError`` if ``JWT_INVALIDATION`` is impossible."""
    problems = [f"{each.message} {each.hint}" for each in findings_of(check_settings())]
    if problems:
        raise CommandError("\n".join(problems))
