"""The operator's edge of the inspection: what a token says, and what is thought of it."""

import json
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    no_translations,
)

from ...conf import conf
from ...inspection.harmless import claim_lines, plain, sentence, value
from ...inspection.pasted import read_token
from ...inspection.questions import Finding, ask, code_of, is_worth_asking, verify
from ...inspection.signature import Parts, read_parts
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples

# Exit statuses, as grep has them.
REFUSED, UNKNOWN = 1, 2
#: Claims that are shown in words as well.
DATES = ("exp", "nbf", "iat")
NO_ARGUMENTS = (
    "the token is read from stdin. One that was given here is in the history of the shell now: see"
    " that it is revoked, or expires."
)
AFTERMATH = "Whether the token is accepted is not known."


class Command(BaseCommand):
    """Read a token, put the questions, print the answers; the exit status is the verdict."""

    help = "\n".join(
        [
            "Tells what a token says, whether its signature is good, and what each strategy makes",
            "of it, as at the entrance for tokens of its type. Writes nothing, and never prints",
            "the signature. The token is read from stdin: an argument would stay in the history",
            "of the shell, and be seen in the list of processes.",
            "",
            "The exit status is 0 if the token is accepted, 1 if it is refused, and 2 if that",
            "cannot be told.",
        ]
    )
    # What is asked at 3 a.m. does not wait for an error elsewhere in the settings.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        show_examples(
            parser,
            "inspect_token < token.txt",
            "inspect_token --json < token.txt | jq .code",
            "inspect_token",
        )
        # argparse repeats what it does not understand, here a token, perhaps.
        error = parser.error
        parser.error = lambda message: error(NO_ARGUMENTS)  # type: ignore[method-assign]
        parser.add_argument(
            "--json",
            action="store_true",
            help="Prints one JSON object, with the claims whole.",
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found, and exit with 1 if the token would be refused."""
        try:
            findings = self._inspect(as_json=options["json"])
        except CommandError as error:
            error.returncode = UNKNOWN
            raise
        if code_of(findings):
            sys.exit(REFUSED)

    def _inspect(self, *, as_json: bool) -> list[Finding]:
        text = read_token(self.stderr)
        parts = read_parts(text)
        try:
            findings = verify(text, parts)
            if not as_json:
                # At once: the database may not answer.
                self._print_parts(parts, is_genuine=not findings[0].code)
                self._print_findings(findings)
            answers = _ask_database(text, parts, findings)
        except (ImproperlyConfigured, ImportError) as error:
            raise CommandError(f"The settings are in the way. {error}") from error
        if as_json:
            self.stdout.write(_as_json(parts, findings + answers))
        else:
            self._print_findings(answers)
            self._print_verdict(code_of(findings + answers))
        return findings + answers

    def _print_parts(self, parts: Parts, *, is_genuine: bool) -> None:
        self.stdout.write(f"Header: {value(parts.header)}")
        whose = "signed by this site" if is_genuine else "UNVERIFIED, anybody can write them"
        self.stdout.write(f"Claims, {whose}:")
        dates = (*DATES, conf.simplejwt.SLIDING_TOKEN_REFRESH_EXP_CLAIM)
        for line in claim_lines(parts.claims, dates):
            self.stdout.write(f"  {line}")
        self.stdout.write("Questions:")

    def _print_findings(self, findings: list[Finding]) -> None:
        for each in findings:
            verdict = "refused" if each.code else "accepted"
            words = f": {sentence(each.words)}" if each.words else ""
            self.stdout.write(f"  {sentence(each.about):<17}  {verdict}{words}")

    def _print_verdict(self, code: str) -> None:
        verdict = self.style.ERROR(f"Refused: {code}.") if code else self.style.SUCCESS("Accepted.")
        self.stdout.write(verdict)


def _ask_database(text: str, parts: Parts, findings: list[Finding]) -> list[Finding]:
    """Return what the database says, unless it is not known whose token it is."""
    if not is_worth_asking(findings):
        return []
    with database_errors_explained(write_alias(), aftermath=AFTERMATH):
        return ask(text, parts, is_too_old=bool(code_of(findings)))


def _as_json(parts: Parts, findings: list[Finding]) -> str:
    code = code_of(findings)
    answers = [
        {
            "about": each.about,
            "accepted": not each.code,
            "code": each.code or None,
            "words": sentence(each.words),
        }
        for each in findings
    ]
    report = {
        "accepted": not code,
        "code": code or None,
        "signature_is_good": not findings[0].code,
        "header": plain(parts.header),
        "claims": plain(parts.claims),
        "questions": answers,
    }
    return json.dumps(report, indent=2)
