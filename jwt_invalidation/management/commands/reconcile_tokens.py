"""``manage.py reconcile_tokens``: reconcile all users with their token states."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...maintenance.reconcile_all import sweep
from ...state import secret_keys
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples
from ..progress import progress_bar

BATCH_SIZE = 1_000
OUTDATED = (
    "Other processes use a newer SECRET_KEY than this one, and it is not among the"
    " SECRET_KEY_FALLBACKS here. Run the command with the settings that they have. If the key of this"
    " process is the current one, add --adopt-key."
)
LEFT_ALONE = (
    "Users left alone: {users}. Their records were made with a SECRET_KEY that is not known here. Their"
    " tokens are refused until they log in again. If the key is still yours, add it to"
    " SECRET_KEY_FALLBACKS and run the command again. If you went back to an earlier key,"
    " add --adopt-key once, so that no other key counts as newer."
)


class Command(BaseCommand):
    """Runs the sweep and prints what it found."""

    help = "\n".join(
        [
            "Compares every user with the token state on record. Users without a state get one.",
            "Tokens of users who were changed behind Django's back are revoked. Fingerprints made",
            "with one of SECRET_KEY_FALLBACKS are renewed. Nobody else is logged out.",
            "",
            "Refuses to start while other processes use a newer SECRET_KEY that is unknown here.",
            "Records made with a key that is unknown here are left alone: their users log in again.",
            "",
            "Run it once after installation, regularly from cron, and before you drop a fallback.",
        ]
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        show_examples(parser, "reconcile_tokens --dry-run", "reconcile_tokens --batch-size 10000")
        parser.add_argument(
            "--batch-size",
            type=int,
            default=BATCH_SIZE,
            metavar="USERS",
            help="How many users are read at a time. The default is %(default)s.",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Counts what would be done, and writes nothing.",
        )
        parser.add_argument(
            "--adopt-key",
            action="store_true",
            help="First declares the SECRET_KEY of this process to be the current one, for example"
            " after you went back to an earlier key. No token is revoked by that.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, draw a progress bar on a terminal, print the counts."""
        using = write_alias()
        size, dry_run = options["batch_size"], options["dry_run"]
        if size < 1:
            raise CommandError("A batch must hold at least one user: pass a larger --batch-size.")
        aftermath = "Users reconciled before that stay reconciled. Run the command again."
        with (
            database_errors_explained(using, aftermath=aftermath),
            progress_bar(self.stdout) as draw,
        ):
            if not options["adopt_key"] and secret_keys.newer_key_is_in_use(using=using):
                raise CommandError(OUTDATED)
            if options["adopt_key"] and not dry_run:
                secret_keys.declare_current(using=using)
            for progress in sweep(batch_size=size, dry_run=dry_run, using=using):
                draw(progress.checked, progress.total)
        counts = (
            f"Users checked: {progress.checked}, recorded: {progress.recorded},"
            f" bumped: {progress.bumped}, refreshed: {progress.refreshed}."
        )
        prefix = "Dry run, nothing was written. " if dry_run else ""
        self.stdout.write(self.style.SUCCESS(prefix + counts))
        if progress.unknown:
            self.stdout.write(self.style.WARNING(LEFT_ALONE.format(users=progress.unknown)))
