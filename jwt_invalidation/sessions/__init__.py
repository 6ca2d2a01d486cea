"""Sessions: one login on one device, which is a refresh token, its successors and their access tokens.

Belongs here: how a session starts, rotates (`lifecycle`; the root's `tokens` makes the successor),
lives and ends (`ending`), and what is kept of its device (`device`, `erasure`). Only maintenance deletes rows of `TokenSession` beside it. Imports state,
audit and db. The verbs that projects call can be imported from here.
"""

from .device import device_of
from .ending import (
    aend_other_sessions,
    aend_session,
    aend_sessions,
    end_other_sessions,
    end_session,
    end_sessions,
)
from .erasure import aerase_devices, erase_devices

__all__ = [
    "aend_other_sessions",
    "aend_session",
    "aend_sessions",
    "aerase_devices",
    "device_of",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "erase_devices",
]
