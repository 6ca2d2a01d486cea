"""The operator's edge of the report."""

import json
import shutil
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...checks.settings import check_settings
from ...report.gather import gather_report
from ...report.plain import to_plain
from ...report.screen import draw_report
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples


class Command(BaseCommand):
    """Gather the report, and print it."""

    help = "\n".join(
        [
            "Tells on one screen which strategies are in force, how long tokens live, how long a",
            "revoked one may still be let in at worst, which entrances of the URLconf are guarded,",
            "which sessions were started and what was revoked in the last two weeks. Writes nothing.",
        ]
    )
    # What the checks find is what the report is about: it must not end there.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        show_examples(
            parser,
            "token_report",
            "token_report --json",
            "token_report --json | jq .entrances.unguarded",
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
            self.stdout.write(json.dumps(to_plain(report), indent=2))
            return
        screen = shutil.get_terminal_size()
        self.stdout.write(draw_report(report, width=screen.columns, height=screen.lines))


def _require_settings() -> None:
    """Raise a ``CommandError`` unless ``JWT_INVALIDATION`` can be believed."""
    problems = [f"{each.msg} {each.hint}" for each in check_settings()]
    if problems:
        raise CommandError("\n".join(problems))
