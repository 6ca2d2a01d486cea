"""Read a token, and verify its signature, whatever its claims say: all of it by PyJWT."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.management.base import CommandError
import jwt
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

# What PyJWT's parser makes of hostile headers and claims, release by release.
REFUSALS = (jwt.InvalidTokenError, TypeError, ValueError, OverflowError, RecursionError)
CLAIMS_WITH_RULES = ("iat", "nbf", "exp", "iss", "aud", "sub", "jti")

BAD = "bad, it was not made with the key of this site, or the token was changed since"


class Parts(NamedTuple):
    """What a token says, unverified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def read_parts(token: str) -> Parts:
    """Return header and claims; raise a ``CommandError`` for what is no JSON Web Token."""
    signed, _, _ = token.rpartition(".")
    try:
        # Without the signature, which may be damaged: the rest is still worth reading.
        decoded = jwt.decode_complete(f"{signed}.", options={"verify_signature": False})
    except REFUSALS as error:
        raise CommandError(
            "This is no JSON Web Token that PyJWT can read. Give all of it: three parts with a dot"
            " between them, no quotes around, nothing left out."
        ) from error
    return Parts(decoded["header"], decoded["payload"])


def signature_problem(token: str, backend: TokenBackend) -> str:
    """Return what is wrong with the signature, in words; nothing, if it is good."""
    if token.endswith("."):
        return "bad, there is none"
    options = {f"verify_{claim}": False for claim in CLAIMS_WITH_RULES}
    try:
        key = _verifying_key(token, backend)
        jwt.decode(token, key, algorithms=[backend.algorithm], options=options)  # type: ignore[arg-type]  # a TypedDict made of a loop
    except TokenBackendError:
        return 'bad, SIMPLE_JWT["JWK_URL"] has no key for it, or does not answer'
    except jwt.InvalidAlgorithmError:
        return f"bad, the header names another algorithm than {backend.algorithm}"
    except REFUSALS:
        return BAD
    return ""


def rule_breaks(token: str, backend: TokenBackend) -> dict[str, Exception]:
    """Return, by the claim's name, what PyJWT has against each claim, the signature apart."""
    broken: dict[str, Exception] = {}
    for claim in CLAIMS_WITH_RULES:
        is_asked = claim != "aud" or backend.audience is not None
        options = {"verify_signature": False, f"verify_{claim}": is_asked}
        try:
            jwt.decode(
                token,
                options=options,  # type: ignore[arg-type]  # a TypedDict made of a loop
                audience=backend.audience,
                issuer=backend.issuer,
                leeway=backend.get_leeway(),
            )
        except REFUSALS as error:
            broken[claim] = error
    return broken


def _verifying_key(token: str, backend: TokenBackend) -> Any:
    try:
        return backend.get_verifying_key(token)  # type: ignore[arg-type]  # simplejwt's own annotation lies
    except (jwt.InvalidKeyError, TypeError, ValueError) as error:
        raise CommandError(
            f"The key in SIMPLE_JWT is none for {backend.algorithm}, so no token can be verified."
            " Correct it there."
        ) from error
