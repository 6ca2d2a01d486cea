"""Strategies: the independent reasons why a token may be dead, one class a file.

Belongs here: a subclass of `Strategy`, and `active`, which tells which of them the settings list.
Imports state, sessions and token_blacklist.
"""

from .base import Claim, Strategy

__all__ = ["Claim", "Strategy"]
