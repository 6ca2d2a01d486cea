"""Tokens signed with the site's key that no honest encoder would write."""

import base64
from collections.abc import Iterable, Mapping
import hashlib
import hmac
import json
from typing import Any, NamedTuple

from jwt_invalidation.conf import conf


#: As the value of a change: the claim is left out.
class _Missing:
    def __repr__(self):
        return "missing"


MISSING = _Missing()


class Raw(NamedTuple):
    """JSON text that stands for itself: numbers too long, or too deep a nesting, for Python."""

    text: str

    def __str__(self) -> str:
        return self.text


Pairs = Mapping[str, Any] | Iterable[tuple[str, Any]]


def changed(payload: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return ``payload`` with other claims, or without them."""
    return {name: value for name, value in {**payload, **changes}.items() if value is not MISSING}


def sign(payload: Pairs | Raw, header: Pairs | Raw | None = None, key: str | None = None) -> str:
    """Return a token of claims and header as they come: pairs may repeat a name."""
    if header is None:
        header = {"alg": "HS256", "typ": "JWT"}
    return sign_segments(f"{segment(_text(header))}.{segment(_text(payload))}", key)


def sign_segments(signing_input: str, key: str | None = None) -> str:
    """Return ``signing_input``, whatever that is, with its HMAC-SHA-256 behind."""
    secret = conf.simplejwt.SIGNING_KEY if key is None else key
    digest = hmac.digest(secret.encode(), signing_input.encode(), hashlib.sha256)
    return f"{signing_input}.{_base64url(digest)}"


def segment(text: str) -> str:
    """Return the base64url of ``text``, where a lone surrogate stays one."""
    return _base64url(text.encode("utf-8", "surrogatepass"))


def read(token: str) -> dict[str, Any]:
    """Return the claims of a token of ours, unverified."""
    text = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return claims


def padded(payload: Mapping[str, Any], length: int) -> str:
    """Return a genuine token of exactly ``length`` characters."""
    for filler in ("", "x", "xx", "xxx"):
        header = {"alg": "HS256", "typ": "JWT", "cty": filler}
        missing = length - len(sign({**payload, "padding": ""}, header))
        for size in range(missing * 3 // 4 - 3, missing * 3 // 4 + 4):
            token = sign({**payload, "padding": "x" * size}, header)
            if len(token) == length:
                return token
    raise AssertionError(f"No token is {length} characters long.")


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _text(value: Pairs | Raw) -> str:
    if isinstance(value, Raw):
        return value.text
    pairs = value.items() if isinstance(value, Mapping) else value
    members = (f"{json.dumps(name)}:{_value(each)}" for name, each in pairs)
    return "{" + ",".join(members) + "}"


def _value(value: Any) -> str:
    return value.text if isinstance(value, Raw) else json.dumps(value)
