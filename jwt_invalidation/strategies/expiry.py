"""A token is dead when it would live too long. Short ones need no look-up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..claims import is_numeric_date
from ..conf import conf
from ..exceptions import TokenRevoked
from .base import Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

__all__ = ["LONGEST", "ExpiryStrategy"]

#: How long an access token may live, and so how long it may outlive its revocation.
LONGEST = timedelta(minutes=10)
LONGEST_SECONDS = LONGEST.total_seconds()


class ExpiryStrategy(Strategy):
    """Let access tokens be used without asking the database, as long as they are short.

    A revocation needs nothing here: a refresh passes the whole gate, so a revoked user gets no more
    access tokens, and the ones that were minted before expire.
    """

    description = "A token is dead when it would live too long: short ones need no look-up."
    is_stateless = True

    def check(self, token: Token, user: Any) -> None:
        """Raise a `TokenRevoked` if the token authenticates requests and lives longer than `LONGEST`.

        One without ``iat`` may live longer, so it is refused as well.
        """
        if not _is_for_use(token):
            return
        issued = token.get("iat")
        if not is_numeric_date(issued) or token["exp"] - issued > LONGEST_SECONDS:
            raise TokenRevoked()

    def explain(self, token: Token, user: Any) -> str:
        """Return how long the token lives, and how long it may live."""
        if not _is_for_use(token):
            return "not for use on requests, so it may live long"
        limit = f"{_in_words(LONGEST_SECONDS)} are allowed"
        issued = token.get("iat")
        if not is_numeric_date(issued):
            return f"iat, when it was issued, is missing or no date; {limit}"
        return f"lives {_in_words(token['exp'] - issued)}, {limit}"


def _in_words(seconds: float) -> str:
    minutes, seconds = divmod(seconds, 60)
    rest = f" {seconds:g} seconds" if seconds else ""
    return f"{minutes:.0f} minutes{rest}"


def _is_for_use(token: Token) -> bool:
    """Is the token of a type that authenticates requests, so not a refresh token?"""
    token_type = token.get(conf.simplejwt.TOKEN_TYPE_CLAIM, token.token_type)
    return token_type in [each.token_type for each in conf.simplejwt.AUTH_TOKEN_CLASSES]
