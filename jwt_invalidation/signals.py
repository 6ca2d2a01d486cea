"""The signals that this app sends."""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

__all__ = ["refresh_token_reused", "session_ended", "session_started", "tokens_revoked"]

# Sent once per revocation, after its transaction has committed, with `scope`, `user_ids`
# (an empty list if the scope is everyone), `reason` and `actor`.
tokens_revoked = Signal()

# Sent after the commit: `session_started` with `user_id` and `sid`; `session_ended`, for sessions
# that are ended one by one, with `user_id`, `sid` and `reason`.
session_started = Signal()
session_ended = Signal()

# Sent when a refresh token that was rotated before comes again: with `user_id`, `sid`.
refresh_token_reused = Signal()


def send_on_commit(signal: Signal, *, sender: type[Any], using: str, **facts: Any) -> None:
    """Send ``signal`` after the commit. Django logs a receiver that raises, and goes on."""
    transaction.on_commit(
        lambda: signal.send_robust(sender=sender, **facts), using=using, robust=True
    )
