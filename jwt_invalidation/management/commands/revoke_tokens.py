"""``manage.py revoke_tokens``: revoke all tokens of some users, or of everyone."""

from contextlib import suppress
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from ... import revocation
from ...models import Revocation
from ...users import user_model, write_alias
from ..errors import database_errors_explained
from ..examples import show_examples
from ..selection import FLAGS, find_users, select_by_flags


class Command(BaseCommand):
    """Finds the users, asks for confirmation, revokes and prints the number."""

    help = "\n".join(
        [
            "Revokes all tokens of the given users, or of everyone: they have to log in again.",
            "If one of the users is not found, nothing is done. With several options, a user is",
            "selected by any of them.",
        ]
    )
    # As in changepassword: an error elsewhere in the settings must not stop an emergency.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        show_examples(
            parser,
            'revoke_tokens alice bob --reason other --note "Laptop stolen"',
            "revoke_tokens --pk 17 18",
            "revoke_tokens --staff --inactive --dry-run",
            "revoke_tokens --all --no-input",
        )
        _add_selectors(parser)
        parser.add_argument(
            "--reason",
            choices=Revocation.Reason.values,
            default=Revocation.Reason.ADMIN.value,
            help="The reason that the log will show. The default is %(default)s.",
        )
        parser.add_argument("--note", default="", help="A free note for the log.")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Prints what would be done, and changes nothing.",
        )
        parser.add_argument(
            "--no-input",
            "--noinput",
            action="store_false",
            dest="interactive",
            help="Does not ask for confirmation. Needed where there is no terminal.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke everyone, or the users selected by any of the options."""
        flags = [flag for flag in FLAGS if options[flag]]
        is_selective = bool(options["usernames"] or options["pk"] or flags)
        if options["all"] and is_selective:
            raise CommandError("--all means every user: pass no other selection with it.")
        if not options["all"] and not is_selective:
            raise CommandError(
                "No user is selected: pass user names, --pk, --staff, --inactive, or --all for everyone."
            )
        condition = select_by_flags(flags)
        using = write_alias()
        with database_errors_explained(using, aftermath="Nothing was revoked."):
            if options["all"]:
                self._revoke_everyone(options)
                return
            found = find_users(options["usernames"], options["pk"], using=using)
            self._revoke_users(condition | Q(pk__in=found), options, using=using)

    def _revoke_everyone(self, options: dict[str, Any]) -> None:
        if self._may_revoke("everyone", options):
            revocation.revoke_everyone(reason=options["reason"], note=options["note"])
            self._print("Revoked all tokens of everyone.")

    def _revoke_users(self, condition: Q, options: dict[str, Any], *, using: str) -> None:
        users = user_model()._base_manager.using(using).filter(condition)
        if self._may_revoke(_counted(users.count()), options):
            revoked = revocation.revoke_users(users, reason=options["reason"], note=options["note"])
            self._print(f"Revoked all tokens of {_counted(revoked)}.")

    def _may_revoke(self, whom: str, options: dict[str, Any]) -> bool:
        """Return False in a dry run; otherwise ask for confirmation, if that is wanted."""
        if options["dry_run"]:
            self._print(f"Would revoke all tokens of {whom}. Dry run: nothing was changed.")
            return False
        if options["interactive"]:
            _confirm(f"This revokes all tokens of {whom}: they have to log in again.")
        return True

    def _print(self, message: str) -> None:
        self.stdout.write(self.style.SUCCESS(message))


def _add_selectors(parser: CommandParser) -> None:
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
        help=(
            "Users by primary key. The user named 17 is not the user with the key 17."
            " Pass user names before this option: it takes every value after it."
        ),
    )
    parser.add_argument("--all", action="store_true", help="Everyone. A single row is written.")
    parser.add_argument("--staff", action="store_true", help="Users who may enter the admin.")
    parser.add_argument("--inactive", action="store_true", help="Users who are deactivated.")


def _confirm(consequence: str) -> None:
    """Ask on the terminal; raise a ``CommandError`` unless the answer is yes."""
    # Some service managers provide no stdin.
    if sys.stdin is None or not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for confirmation on: pass --no-input.")
    answer = None
    with suppress(EOFError):
        answer = input(f"{consequence}\nType 'yes' to continue: ")
    if answer != "yes":
        raise CommandError("Cancelled. Nothing was revoked.")


def _counted(users: int) -> str:
    return f"{users} user" if users == 1 else f"{users} users"
