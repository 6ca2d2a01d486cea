"""Where a token is to be presented, by its type, and what that place makes of it."""

from collections.abc import Mapping
from typing import Any

from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from ..authentication import JWTAuthentication
from ..conf import conf
from ..tokens import AccessToken, AnyToken, SlidingToken, validated
from ..views import TokenRefreshView


def is_for_refresh(claims: Mapping[str, Any]) -> bool:
    """Is it a refresh token? All others are to authenticate requests."""
    return bool(_type_of(claims) == _refresh_class().token_type)


def purpose_of(claims: Mapping[str, Any]) -> str:
    """Return in words what a token of this type is for, if it is for anything."""
    if type_problem(claims):
        return type_problem(claims)
    if is_for_refresh(claims):
        return "for the refresh endpoint, and no other request"
    if _type_of(claims) == SlidingToken.token_type:
        return "for authentication of requests, and the sliding refresh endpoint"
    return "for authentication of requests"


def type_problem(claims: Mapping[str, Any]) -> str:
    """Return in words why no entrance takes tokens of this type; nothing, if one does."""
    if _class_of(claims) is not AnyToken:
        return ""
    if _type_of(claims) in [AccessToken.token_type, SlidingToken.token_type]:
        return 'SIMPLE_JWT["AUTH_TOKEN_CLASSES"] lists no class for tokens of this type'
    return f"{conf.simplejwt.TOKEN_TYPE_CLAIM} is missing, or no type that an entrance takes"


def unverified(claims: Mapping[str, Any]) -> Token:
    """Return a token of these claims, of the class that its entrance makes of it."""
    token = _class_of(claims)()
    token.payload = dict(claims)
    return token


def verified(text: str, claims: Mapping[str, Any]) -> Token:
    """Return the token as its entrance does; raise ``InvalidToken``, as it does."""
    if not is_for_refresh(claims):
        return JWTAuthentication().get_validated_token(text.encode())
    try:
        return _refresh_class()(text)  # type: ignore[arg-type]  # simplejwt's own annotation lies
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error


def _refresh_class() -> type[Token]:
    # Of the serializer that SIMPLE_JWT declares, if it declares one.
    serializer: Any = TokenRefreshView().get_serializer_class()
    token_class: type[Token] = serializer.token_class
    return token_class


def _type_of(claims: Mapping[str, Any]) -> Any:
    return claims.get(conf.simplejwt.TOKEN_TYPE_CLAIM)


def _class_of(claims: Mapping[str, Any]) -> type[Token]:
    if is_for_refresh(claims):
        return _refresh_class()
    # Where types are off, every entrance takes every token.
    takes_all = conf.simplejwt.TOKEN_TYPE_CLAIM is None
    for declared in conf.simplejwt.AUTH_TOKEN_CLASSES:
        if takes_all or _type_of(claims) == declared.token_type:
            return validated(declared)
    return AnyToken
