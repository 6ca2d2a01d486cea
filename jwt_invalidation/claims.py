"""The claims that we read and write. Each is validated here, before any database access."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cache
import re
from typing import Any, TypeGuard, TypeVar

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connections, models
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

TokenT = TypeVar("TokenT", bound=Token)

TOKEN_VERSION = "token_version"
TOKEN_EPOCH = "token_epoch"
VERSIONS = (TOKEN_VERSION, TOKEN_EPOCH)
SID = "sid"
AUTH_TIME = "auth_time"
#: Claims that nobody but this app may write.
OURS = (*VERSIONS, SID)

# RFC 7519, section 4.1.7, calls a jti a case-sensitive string. Printable ASCII without blanks is what
# every database stores and compares: UUIDs, URNs and dotted ids are of this kind.
JTI = re.compile(r"[!-~]{1,255}")
# What `secrets.token_hex(16)` writes. Some databases compare without regard to case.
SESSION_ID = re.compile(r"[0-9a-f]{32}")
# Seconds. A datetime holds no NumericDate (RFC 7519, section 2) from here on: the year 9999.
LATEST_DATE = 253370764800
# JavaScript reads integers exactly up to here (RFC 8259, section 6).
LARGEST_VERSION = 2**53 - 1


def require_numeric_date(payload: Mapping[str, Any], claim: str) -> None:
    """Require that ``claim`` is a NumericDate, in seconds; raise ``TokenError`` otherwise."""
    if not is_numeric_date(payload.get(claim)):
        raise TokenError(_("Token is invalid"))


def is_numeric_date(value: Any) -> TypeGuard[float]:
    """Is ``value`` a number of seconds that a datetime can hold, and so neither NaN nor infinite?"""
    return type(value) in (int, float) and 0 <= value < LATEST_DATE


def is_sid(value: Any) -> TypeGuard[str]:
    """Could ``value`` be the id of a session?"""
    return type(value) is str and bool(SESSION_ID.fullmatch(value))


def sid_of(token: Any) -> str | None:
    """Return the id of the session that a token belongs to; None without a token, or a session.

    Without our other claims a ``sid`` is the project's own.
    """
    if not isinstance(token, Token) or is_unversioned(token.payload):
        return None
    sid = token.get(SID)
    return sid if is_sid(sid) else None


def require_jti(payload: Mapping[str, Any], claim: str) -> None:
    """Require 1 to 255 characters of printable ASCII; raise ``TokenError`` otherwise."""
    jti = payload.get(claim)
    if type(jti) is not str or not JTI.fullmatch(jti):
        raise TokenError(_("Token has no id"))


def require_versions(payload: Mapping[str, Any]) -> None:
    """Require both of our claims as integers, or none of ours; raise ``TokenError`` otherwise."""
    if is_unversioned(payload):
        return
    for claim in VERSIONS:
        version = payload.get(claim)
        # Not isinstance, because True is an int and equals 1.
        if type(version) is not int or not 0 <= version <= LARGEST_VERSION:
            raise TokenError(_("Token is invalid"))


def require_own(payload: Mapping[str, Any], claim: str, value: Any) -> None:
    """Raise ``ImproperlyConfigured`` if ``value`` would overwrite a claim that this app has stamped."""
    is_ours = claim in OURS and not is_unversioned(payload)
    if is_ours and value != payload.get(claim, value):
        raise ImproperlyConfigured(
            f'The claim "{claim}" belongs to jwt_invalidation: give yours another name.'
        )


def copy_of(token: TokenT) -> TokenT:
    """Return a copy that keeps its claims when those of ``token`` are changed."""
    copied = copy(token)
    # A token that is still being made has none.
    copied.payload = dict(getattr(token, "payload", {}))
    return copied


def claim_of(request: Any, claim: str) -> Any:
    """Return a claim of the token that a DRF request was authenticated by; None without one."""
    return request.auth.get(claim) if isinstance(request.auth, Token) else None


def is_unversioned(payload: Mapping[str, Any]) -> bool:
    """Was the token issued before this app, or by code that calls simplejwt directly?

    A ``token_version`` without a ``token_epoch`` is a claim of the project's own.
    """
    return TOKEN_EPOCH not in payload


def read_user_id(claim: Any, field: models.Field[Any, Any], using: str) -> Any:
    """Return the value of ``field`` that ``claim`` names, as ``for_user`` wrote it.

    That is a string equal to ``str(value)``, or, for an integer field, the integer itself, which
    simplejwt wrote up to 5.5.0. Raise ``TokenError`` for all else: " 1", "+1", "１" and true are
    nobody.
    """
    while field.remote_field is not None:
        field = field.target_field  # type: ignore[attr-defined]  # a relation's own target
    is_integer = isinstance(field, models.IntegerField)
    if type(claim) is not str and not (is_integer and type(claim) is int):
        raise TokenError(_("Token contained no recognizable user identification"))
    try:
        value = field.to_python(claim)
        names_it = str(value) == str(claim) and _fits(value, field, using)
    except (ValidationError, ValueError, OverflowError):
        names_it = False
    if not names_it:
        raise TokenError(_("Token contained no recognizable user identification"))
    return value


@cache
def _range_of(field: models.Field[Any, Any], using: str) -> tuple[int | None, int | None]:
    return connections[using].ops.integer_field_range(field.get_internal_type())


def _fits(value: Any, field: models.Field[Any, Any], using: str) -> bool:
    if isinstance(field, models.IntegerField):
        low, high = _range_of(field, using)
        return bool((low is None or low <= value) and (high is None or value <= high))
    # PostgreSQL stores no NUL. No database stores a lone surrogate, for which encode() raises.
    return "\x00" not in str(value) and bool(str(value).encode())
