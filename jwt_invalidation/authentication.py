"""The DRF authentication classes: they parse the header, ask the gate and return the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from . import claims, gate
from .conf import conf
from .exceptions import challenge
from .strategies.active import require_stateless_strategies
from .tokens import validated
from .users import user_model

if TYPE_CHECKING:
    Base = simplejwt.JWTAuthentication
else:
    Base = object

__all__ = ["GatedAuthenticationMixin", "JWTAuthentication", "JWTStatelessUserAuthentication"]


class GatedAuthenticationMixin(Base):
    """Puts the gate into any authentication class that inherits from simplejwt's.

    Name it before a class that reads the token from a cookie, for example:
    ``class CookieAuthentication(GatedAuthenticationMixin, JWTCookieAuthentication)``.
    """

    def get_validated_token(self, raw_token: bytes) -> Token:
        """Return the verified token; raise ``InvalidToken`` if no accepted type fits it."""
        messages = []
        for declared in conf.simplejwt.AUTH_TOKEN_CLASSES:
            token_class = validated(declared)
            try:
                return token_class(raw_token)  # type: ignore[arg-type]  # simplejwt's own annotation lies
            except TokenError as error:
                messages.append(
                    {
                        "token_class": token_class.__name__,
                        "token_type": token_class.token_type,
                        "message": error.args[0],
                    }
                )
        raise InvalidToken(
            {"detail": _("Given token not valid for any token type"), "messages": messages}
        )

    def get_user(self, validated_token: Token) -> Any:
        """Return the user that the gate admits; raise a 401, or a 503 if the state cannot be read.

        As with simplejwt's, a mapping of claims that other code has verified will do. It is not
        declared, as there: a project's own ``get_user`` takes a token.
        """
        return gate.admit(as_token(validated_token))

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of RFC 6750, section 3. It names an error only if there was a token."""
        parts = (self.get_header(request) or b"").split()
        with_token = bool(parts) and parts[0] in simplejwt.AUTH_HEADER_TYPE_BYTES
        return challenge(super().authenticate_header(request), with_token=with_token)


class JWTAuthentication(GatedAuthenticationMixin, simplejwt.JWTAuthentication):
    """Authenticate by an access token in the ``Authorization`` header, unless it was revoked."""

    def __init__(self) -> None:
        # simplejwt's looks up the user model. DRF makes an instance for each request: that adds up.
        pass

    @property
    def user_model(self) -> Any:  # type: ignore[override]  # nobody sets it
        """The user model, an attribute of simplejwt's class."""
        return user_model()


def as_token(verified: Token | Mapping[str, Any]) -> Token:
    """Return the token of these verified claims; raise ``InvalidToken`` if they cannot be one's.

    Claims without ours are an unversioned token's. They need no more than the user id: a strategy
    then sees a token that expires now and has an id of its own. When it was issued is not made up.
    """
    if isinstance(verified, Token):
        return verified
    # Of a type that authenticates requests, whose lifetime `ExpiryStrategy` limits.
    token = validated(conf.simplejwt.AUTH_TOKEN_CLASSES[0])()
    jti, made_up = conf.simplejwt.JTI_CLAIM, {"exp": token["iat"]}
    if jti is not None and claims.is_unversioned(verified):
        # Claims of ours must have it: whether that token was revoked by its id could not be told.
        made_up[jti] = token[jti]
    token.payload = {**made_up, **verified}
    try:
        claims.require_numeric_date(token.payload, "exp")
        if jti is not None:
            claims.require_jti(token.payload, jti)
        claims.require_versions(token.payload)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error
    return token


def token_in_header(request: Request) -> Token | None:
    """Return the verified token of a request, revoked or not; None without one, or raise a 401."""
    authentication = JWTAuthentication()
    header = authentication.get_header(request)
    raw_token = None if header is None else authentication.get_raw_token(header)
    return None if raw_token is None else authentication.get_validated_token(raw_token)


class JWTStatelessUserAuthentication(JWTAuthentication):
    """Authenticate by a short access token in the header, without asking the database.

    The user is simplejwt's ``TokenUser``. A revoked token is let in until it expires, so this class
    refuses to start unless the strategies keep tokens short: ``ExpiryStrategy``.
    """

    def __init__(self) -> None:
        require_stateless_strategies()
        super().__init__()

    def get_user(self, validated_token: Token) -> Any:
        """Return the user that the token itself describes; raise a 401."""
        return gate.admit_stateless(as_token(validated_token))
