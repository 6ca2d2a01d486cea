"""The ways to authenticate a request that are compared, ours and others'."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import AccessToken

from jwt_invalidation import authentication as ours
from jwt_invalidation import tokens as our_tokens

from . import switching


class BlacklistingAuthentication(simplejwt.JWTAuthentication):
    """What projects write themselves to make simplejwt's blacklist apply to access tokens."""

    def get_user(self, validated_token: Any) -> Any:
        """Return the user unless the token is blacklisted."""
        user = super().get_user(validated_token)
        if BlacklistedToken._default_manager.filter(token__jti=validated_token["jti"]).exists():
            raise InvalidToken("Token is blacklisted")
        return user


def theirs(user: User) -> str:
    """Return a header with an access token of simplejwt."""
    return f"Bearer {AccessToken.for_user(user)}"


def our_own(user: User) -> str:
    """Return a header with an access token of ours, without a session."""
    return f"Bearer {our_tokens.AccessToken.for_user(user)}"


def in_session(user: User) -> str:
    """Return a header with an access token of ours, in a new session."""
    return f"Bearer {our_tokens.RefreshToken.for_user(user).access_token}"


def opaque(user: User) -> str:
    """Return a header with a token of DRF."""
    token, _ = Token.objects.get_or_create(user=user)
    return f"Token {token}"


@dataclass(frozen=True)
class Contestant:
    """A way to authenticate, and a function that makes its ``Authorization`` header."""

    authentication: type[BaseAuthentication]
    header: Callable[[User], str] = theirs
    #: The active strategy of ours, and simplejwt's settings, at minting and at each check.
    strategy: str = switching.VERSION
    simplejwt_settings: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""


Contestants = dict[str, Contestant]

# Ratios refer to the first one.
WITH_A_USER: Contestants = {
    "simplejwt: JWTAuthentication": Contestant(simplejwt.JWTAuthentication),
    "simplejwt: with CHECK_REVOKE_TOKEN": Contestant(
        simplejwt.JWTAuthentication, simplejwt_settings={"CHECK_REVOKE_TOKEN": True}
    ),
    "simplejwt: with a blacklist query": Contestant(BlacklistingAuthentication),
    "DRF: TokenAuthentication": Contestant(TokenAuthentication, opaque),
    "ours: JWTAuthentication, sessions": Contestant(
        ours.JWTAuthentication, in_session, switching.SESSION, target="1 query"
    ),
    "ours: JWTAuthentication, version": Contestant(
        ours.JWTAuthentication, our_own, target="<= 0.90 (aim 0.50)"
    ),
    "ours: JWTAuthentication, blacklist": Contestant(
        ours.JWTAuthentication, our_own, switching.BLACKLIST, target="1 query"
    ),
}
STATELESS: Contestants = {
    "simplejwt: JWTStatelessUserAuthentication": Contestant(
        simplejwt.JWTStatelessUserAuthentication
    ),
    "simplejwt: the same with a token of ours": Contestant(
        simplejwt.JWTStatelessUserAuthentication, our_own, switching.EXPIRY
    ),
    "ours: JWTStatelessUserAuthentication, expiry": Contestant(
        ours.JWTStatelessUserAuthentication, our_own, switching.EXPIRY, target="<= 1.00, no query"
    ),
}
