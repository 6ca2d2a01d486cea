"""``manage.py flush_tokens``: delete sessions and log entries that can no longer matter."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from ...maintenance.flush import LONGEST_RETENTION, flush
from ...users import write_alias
from ..errors import database_errors_explained
from ..examples import show_examples
from ..progress import progress_bar

BATCH_SIZE = 1_000


class Command(BaseCommand):
    """Runs the flush and prints the number of deleted rows."""

    help = "\n".join(
        [
            "Deletes rows that can no longer matter: sessions that have ended or expired, log",
            "entries of single tokens that have expired, and other log entries that are older",
            "than the retention. No token is accepted again because of it.",
            "",
            "Run it regularly from cron. It deletes in small transactions, so requests do not",
            "wait for it. To clean up simplejwt's own blacklist, run flushexpiredtokens.",
        ]
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        show_examples(parser, "flush_tokens --dry-run", "flush_tokens --retention 90")
        parser.add_argument(
            "--batch-size",
            type=int,
            default=BATCH_SIZE,
            metavar="ROWS",
            help="How many rows are deleted at a time. The default is %(default)s.",
        )
        parser.add_argument(
            "--retention",
            type=int,
            metavar="DAYS",
            help=(
                "For how many days the log is kept. The default is"
                ' JWT_INVALIDATION["AUDIT_RETENTION"]. Sessions are kept for SESSION_LIFETIME after'
                " their end, but not longer than the log. The log entry of a single token is kept"
                " for at least SESSION_LIFETIME after the token has expired."
            ),
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Counts what would be deleted, and deletes nothing.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Flush, draw a progress bar on a terminal, print the counts."""
        using = write_alias()
        size, dry_run, days = options["batch_size"], options["dry_run"], options["retention"]
        if size < 1:
            raise CommandError("A batch must hold at least one row: pass a larger --batch-size.")
        if days is not None and not 0 <= days <= LONGEST_RETENTION.days:
            raise CommandError(
                f"The log is kept for 0 to {LONGEST_RETENTION.days} days: pass another --retention."
            )
        retention = None if days is None else timedelta(days=days)
        out = self.stdout if options["verbosity"] else OutputWrapper(StringIO())
        aftermath = "Rows deleted before that are gone. Run the command again."
        with (
            database_errors_explained(using, aftermath=aftermath),
            progress_bar(out) as draw,
        ):
            for progress in flush(
                batch_size=size, retention=retention, dry_run=dry_run, using=using
            ):
                draw(progress.deleted, progress.total)
        counts = (
            f"Sessions deleted: {progress.sessions}, log entries of single tokens:"
            f" {progress.tokens}, other log entries: {progress.revocations}."
        )
        prefix = "Dry run, nothing was deleted. " if dry_run else ""
        out.write(self.style.SUCCESS(prefix + counts))
