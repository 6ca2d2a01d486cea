"""``manage.py erase_devices``: erase what is on record about the devices of some users."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...sessions import erase_devices
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples
from ..selection import find_users

NOTHING = "Nothing was erased."


class Command(BaseCommand):
    """Finds the users, erases and prints the number of sessions."""

    help = "\n".join(
        [
            "Blanks the address and the user agent of all sessions of the given users, for example",
            "when they ask for it by the GDPR. Nobody is logged out. If one of the users is not",
            "found, nothing is done.",
        ]
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        show_examples(parser, "erase_devices alice bob", "erase_devices --pk 17 18")
        parser.add_argument(
            "usernames",
            nargs="*",
            metavar="USERNAME",
            help="Users by the name with which they log in.",
        )
        parser.add_argument(
            "--pk",
            nargs="+",
            action="extend",
            default=[],
            metavar="KEY",
            help="Users by primary key. Pass user names before this option.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or raise a ``CommandError``."""
        if not (options["usernames"] or options["pk"]):
            raise CommandError("No user is selected: pass user names or --pk.")
        using = write_alias()
        with database_errors_explained(using, aftermath="Run the command again."):
            found = find_users(options["usernames"], options["pk"], using=using, aftermath=NOTHING)
            erased = sum(erase_devices(user_id) for user_id in set(found))
        sessions = "session" if erased == 1 else "sessions"
        self.stdout.write(self.style.SUCCESS(f"Erased the devices of {erased} {sessions}."))
