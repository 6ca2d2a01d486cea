"""The signals that this app sends. Each is sent after the commit, whatever its receivers raise."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.dispatch import Signal

__all__ = ["refresh_token_reused", "session_ended", "session_started", "tokens_revoked"]

# docs/signals.rst says when each is sent, and with what. A `user_id` is always the primary key.
session_started = Signal()
session_ended = Signal()
refresh_token_reused = Signal()
tokens_revoked = Signal()


def send_on_commit(signal: Signal, *, sender: type[Any], using: str, **facts: Any) -> None:
    """Send ``signal`` after the commit; see `send_each_on_commit`."""
    send_each_on_commit(signal, [facts], sender=sender, using=using)


def send_each_on_commit(
    signal: Signal, calls: Sequence[Mapping[str, Any]], *, sender: type[Any], using: str
) -> None:
    """Send ``signal`` for each of ``calls`` after the commit.

    Django logs a receiver that raises, and goes on.
    """

    def send() -> None:
        for facts in calls:
            signal.send_robust(sender=sender, **facts)

    transaction.on_commit(send, using=using, robust=True)
