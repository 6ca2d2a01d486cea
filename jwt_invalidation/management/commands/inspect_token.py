"""Tell what a token says, and whether and why it is accepted or refused."""

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from ...inspection import display
from ...inspection.questions import Finding, ask
from ...inspection.reading import read_token
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples

# Exit statuses like those of grep.
REFUSED, UNKNOWN = 1, 2
AFTERMATH = "Whether the token is accepted is not known."
NO_ARGUMENTS = (
    "the token is read from stdin. If you gave one here, it is now in the history of the shell:"
    " revoke it, or wait until it has expired."
)


class Command(BaseCommand):
    """Read a token, ask the questions, print the answers; the exit status is the verdict."""

    help = """\
Tells what a token says, whether its signature is good, and what each strategy makes of it: the
same as the endpoint for tokens of its type. Writes nothing, and never prints the signature. The
token is read from stdin: an argument would stay in the history of the shell, and be visible in
the list of processes.

The exit status is 0 if the token is accepted, 1 if it is refused, and 2 if that is not known."""
    # It must work at 3 a.m., whatever is wrong elsewhere in the settings.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        show_examples(
            parser,
            "inspect_token < token.txt",
            "inspect_token --json < token.txt | jq .code",
            "inspect_token",
        )
        # argparse repeats what it does not understand, which may be a token.
        error = parser.error
        parser.error = lambda message: error(NO_ARGUMENTS)  # type: ignore[method-assign]
        parser.add_argument("--json", action="store_true", help="Prints one JSON object, uncut.")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found, and exit with 1 if the token is refused."""
        try:
            code = self._inspect(as_json=options["json"])
        except (ImproperlyConfigured, ImportError) as error:
            raise CommandError(f"The settings are wrong. {error}", returncode=UNKNOWN) from error
        except CommandError as error:
            error.returncode = UNKNOWN
            raise
        if code is not None:
            sys.exit(REFUSED)

    def _inspect(self, *, as_json: bool) -> str | None:
        """Print what was found; return the code of the first refusal, None if there is no refusal."""
        pasted = read_token(self.stderr)
        database = database_errors_explained(write_alias(), aftermath=AFTERMATH)
        findings: list[Finding] = []
        for finding in ask(pasted, database):
            if not (as_json or findings):
                self.stdout.write(display.describe_token(pasted, is_genuine=not finding.code))
            if not as_json:
                # At once: the database may not answer.
                self.stdout.write(display.describe_finding(finding))
            findings.append(finding)
        code = next((each.code for each in findings if each.code), None)
        if as_json:
            self.stdout.write(display.as_json(pasted, findings, code))
        elif code:
            self.stdout.write(self.style.ERROR(f"Refused: {code}."))
        else:
            self.stdout.write(self.style.SUCCESS("Accepted."))
        return code
