"""A token is dead when it would live too long: short ones need no look-up."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..claims import is_numeric_date
from ..conf import conf
from ..exceptions import TokenRevoked
from .base import Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

#: How long an access token may live, and so how long it may outlive its revocation.
LONGEST = timedelta(minutes=10)
LONGEST_SECONDS = LONGEST.total_seconds()


class ExpiryStrategy(Strategy):
    """Let access tokens be used without a look at the database, as long as they are short.

    Nothing to do on a revocation: a refresh passes the whole gate, so a revoked user gets no access
    token any more, and those that are out expire.
    """

    description = "A token is dead when it would live too long: short ones need no look-up."
    is_stateless = True

    def check(self, token: "Token", user: Any) -> None:
        """Raise a `TokenRevoked` if the token is one to be used, and lives longer than `LONGEST`.

        One whose ``iat`` is missing might.
        """
        if not _is_for_use(token):
            return
        issued = token.get("iat")
        if not is_numeric_date(issued) or token["exp"] - issued > LONGEST_SECONDS:
            raise TokenRevoked()

    def explain(self, token: "Token", user: Any) -> str:
        """Return how long the token lives, beside how long it may."""
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


def _is_for_use(token: "Token") -> bool:
    """Is the token of a type that authenticates requests, so not a refresh token?"""
    token_type = token.get(conf.simplejwt.TOKEN_TYPE_CLAIM, token.token_type)
    return token_type in [each.token_type for each in conf.simplejwt.AUTH_TOKEN_CLASSES]
