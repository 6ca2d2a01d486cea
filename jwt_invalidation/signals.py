"""The signals that this app sends."""

from django.dispatch import Signal

# Sent once per revocation, after its transaction has committed, with `scope`, `user_ids`
# (an empty list where the scope is everyone), `reason` and `actor`. Robustly: a receiver
# that raises is logged by Django and stops nothing.
tokens_revoked = Signal()

# Sent after the commit, robustly: `session_started` with `user_id` and `sid`; `session_ended`, for
# sessions that are ended one by one, with `user_id`, `sid` and `reason`.
session_started = Signal()
session_ended = Signal()

# Sent, robustly, when a refresh token that was rotated before comes again: with `user_id`, `sid`.
refresh_token_reused = Signal()
