"""The tables.

Belongs here: models and their columns, without what reads and writes them. Imports db alone. Other
rooms import the models from here.
"""

from .revocation import Revocation
from .session import TokenSession
from .site import Installation, SecretKeyUse
from .state import TokenEpoch, TokenState

__all__ = [
    "Installation",
    "Revocation",
    "SecretKeyUse",
    "TokenEpoch",
    "TokenSession",
    "TokenState",
]
