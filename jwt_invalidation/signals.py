"""The signals that this app sends."""

from django.dispatch import Signal

# Sent once per revocation, after its transaction has committed, with `scope`, `user_ids`
# (an empty list where the scope is everyone), `reason` and `actor`. Robustly: a receiver
# that raises is logged by Django and stops nothing.
tokens_revoked = Signal()
