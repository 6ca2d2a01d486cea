"""The gate that every token passes: `admit` at each use, `stamp` when it is minted.

Belongs here: the questions that are asked of a token, their order, and the one query behind them.
Imports strategies, reconciliation and state. Views and whatever is outside DRF import it from here.
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
