"""The gate that every token passes: `admit` at each use, `stamp` when it is minted.

Belongs here: `admission` (who is let in), `minting` (each strategy stamps a new token) and `lookup`
(what the one query reads; db's `compiled_query` builds and keeps its SQL). Imports strategies,
reconciliation and state. Views and code outside DRF import from here.
"""

from .admission import admit, admit_stateless, admit_to_refresh, load_user_named_in, require_user_id
from .minting import load_user_for_minting, stamp

__all__ = [
    "admit",
    "admit_stateless",
    "admit_to_refresh",
    "load_user_for_minting",
    "load_user_named_in",
    "require_user_id",
    "stamp",
]
