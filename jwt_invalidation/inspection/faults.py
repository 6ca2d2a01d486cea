"""What is wrong with the claims of a token, so that no entrance asks whose it is."""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from ..claims import require_jti, require_numeric_date, require_versions
from ..conf import conf
from ..gate import require_user_id
from ..tokens import SlidingToken
from .signature import rule_breaks

NO_DATE = "{0} is missing, or no date"
# By the claim, what it says of one that PyJWT refuses.
WORDS = {
    "exp": NO_DATE.format("exp"),
    "iss": 'iss is missing, or not what SIMPLE_JWT["ISSUER"] says',
    "aud": 'aud is missing, or not what SIMPLE_JWT["AUDIENCE"] says',
    "sub": "sub is no string",
    "jti": "jti is no string",
}


def is_expired(text: str, token: Token) -> bool:
    """Has the time in ``exp`` passed, by more than the leeway?"""
    broken = rule_breaks(text, token.get_token_backend())
    return isinstance(broken.get("exp"), jwt.ExpiredSignatureError)


def find_faults(text: str, token: Token) -> list[str]:
    """Return in words all that is wrong with the claims, their age apart."""
    broken = rule_breaks(text, token.get_token_backend())
    found = [
        _words(claim, error)
        for claim, error in broken.items()
        if not isinstance(error, jwt.ExpiredSignatureError)
    ]
    # Told once, if PyJWT has the same against it.
    return list(dict.fromkeys([*found, *_our_faults(token)]))


def _words(claim: str, error: Exception) -> str:
    if isinstance(error, jwt.ImmatureSignatureError):
        return f"{claim} is still to come"
    return WORDS.get(claim, f"{claim} is no date")


def _our_faults(token: Token) -> Iterator[str]:
    claims: Mapping[str, Any] = token.payload
    dates = ["exp"]
    if isinstance(token, SlidingToken):
        dates += token.dates
    for date in dates:
        if _refuses(require_numeric_date, claims, date):
            yield NO_DATE.format(date)
    jti = conf.simplejwt.JTI_CLAIM
    if jti is not None and _refuses(require_jti, claims, jti):
        yield f"{jti} is missing, or not 1 to 64 letters, digits, hyphens and underscores"
    if _refuses(require_versions, claims):
        yield "token_version and token_epoch are not both there as integers"
    if _refuses(require_user_id, token):
        yield f"{conf.simplejwt.USER_ID_CLAIM} is missing, or names nobody who could exist"


def _refuses(require: Any, *arguments: Any) -> bool:
    try:
        require(*arguments)
    except TokenError:
        return True
    return False
