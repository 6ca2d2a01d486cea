"""Sessions: one login on one device, which is a refresh token, its successors and their access tokens.

Belongs here: how a session starts, rotates (`lifecycle`; the root's `tokens` makes the successor),
lives and ends (`ending`). Only maintenance deletes rows of `TokenSession` beside it. Imports state,
audit and db. The verbs that projects call can be imported from here.
"""

from .ending import (
    aend_other_sessions,
    aend_session,
    aend_sessions,
    end_other_sessions,
    end_session,
    end_sessions,
)

__all__ = [
    "aend_other_sessions",
    "aend_session",
    "aend_sessions",
    "end_other_sessions",
    "end_session",
    "end_sessions",
]
