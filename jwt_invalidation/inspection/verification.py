"""Verify a token as its endpoint does, but one question after the other, and without a database."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
import jwt
from rest_framework_simplejwt.exceptions import InvalidToken, TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from ..authentication import JWTAuthentication
from ..claims import require_jti, require_numeric_date, require_versions
from ..conf import conf
from ..gate import require_user_id
from ..humanize import from_now
from ..tokens import AnyToken, SlidingToken, validated
from ..views import TokenRefreshView
from .reading import PYJWT_ERRORS, PastedToken

#: The claims that PyJWT has a rule for beside ``exp``, and what is wrong with one that breaks it.
PYJWT_RULES = {
    "iat": "is not a date",
    "nbf": "is not a date",
    "iss": 'is missing, or not the one in SIMPLE_JWT["ISSUER"]',
    "aud": 'is missing, or not the one in SIMPLE_JWT["AUDIENCE"]',
    "sub": "is not a string",
    "jti": "is not a string",
}


def unverified(pasted: PastedToken) -> Token:
    """Return the token in the class that its endpoint uses, or `AnyToken` if none accepts its type."""
    claim = conf.simplejwt.TOKEN_TYPE_CLAIM
    classes = [validated(declared) for declared in conf.simplejwt.AUTH_TOKEN_CLASSES]
    # Where types are off, every token authenticates requests.
    if claim is not None:
        classes = [_refresh_token_class(), *classes]
        classes = [each for each in classes if each.token_type == pasted.claims.get(claim)]
    token: Token = [*classes, AnyToken][0]()
    token.payload = dict(pasted.claims)
    return token


def is_for_refresh(token: Token) -> bool:
    """Is the token for the refresh endpoint? All others authenticate requests."""
    return token.token_type == _refresh_token_class().token_type


def verify_signature(text: str, token: Token) -> str:
    """Return how the token is signed, whatever its claims are.

    Raise ``InvalidToken`` unless this site signed it, and ``ImproperlyConfigured`` if the key in
    ``SIMPLE_JWT`` cannot verify anything.
    """
    backend = token.get_token_backend()
    try:
        key = backend.get_verifying_key(text)  # type: ignore[arg-type]  # simplejwt's own annotation lies
    except (TokenBackendError, jwt.InvalidTokenError) as error:
        words = 'bad, SIMPLE_JWT["JWK_URL"] has no key for it, or does not answer'
        raise InvalidToken(words) from error
    except (jwt.InvalidKeyError, TypeError, ValueError) as error:
        words = f"The key in SIMPLE_JWT cannot be used with {backend.algorithm}."
        raise ImproperlyConfigured(words) from error
    options: Any = {f"verify_{claim}": False for claim in ("exp", *PYJWT_RULES)}
    try:
        jwt.decode(text, key, algorithms=[backend.algorithm], options=options)
    except PYJWT_ERRORS as error:
        words = "another key made it, or the token was changed since"
        if text.endswith("."):
            words = "it is missing"
        elif isinstance(error, jwt.InvalidAlgorithmError):
            words = f"the header names another algorithm than {backend.algorithm}"
        raise InvalidToken(f"bad, {words}") from error
    return f"good, {backend.algorithm} with the key of this site"


def verify_type(token: Token) -> str:
    """Return what tokens of this type are for; raise ``InvalidToken`` if no endpoint accepts them."""
    if is_for_refresh(token):
        return "for the refresh endpoint, and no other request"
    if token.token_type == SlidingToken.token_type:
        return "for authentication of requests, and the sliding refresh endpoint"
    if not isinstance(token, AnyToken):
        return "for authentication of requests"
    setting = 'SIMPLE_JWT["AUTH_TOKEN_CLASSES"]'
    claim = conf.simplejwt.TOKEN_TYPE_CLAIM
    raise InvalidToken(f"{claim} is missing, or {setting} lists no class for tokens of this type")


def verify_claims(text: str, token: Token) -> str:
    """Return that all is well; raise ``InvalidToken`` with every fault, except for the age.

    `ValidatedToken.verify` stops at the first fault, and does not tell which it is.
    """
    claims, names = token.payload, conf.simplejwt
    dates = ["exp", *(token.dates if isinstance(token, SlidingToken) else ())]
    rules: list[tuple[Any, ...]] = [
        *[(date, "is missing or not a date", require_numeric_date, claims, date) for date in dates],
        ("token_version and token_epoch", "are not both integers", require_versions, claims),
        (names.USER_ID_CLAIM, "is missing, or no user can have it", require_user_id, token),
        *[(claim, words, _apply_rule, claim, text, token) for claim, words in PYJWT_RULES.items()],
    ]
    if names.JTI_CLAIM is not None:
        words = "is missing, or not 1 to 255 characters of ASCII without blanks"
        rules.append((names.JTI_CLAIM, words, require_jti, claims, names.JTI_CLAIM))
    faults = []
    for claim, words, require, *arguments in rules:
        try:
            require(*arguments)
        except jwt.ImmatureSignatureError:
            faults.append(f"{claim} is in the future")
        except (TokenError, *PYJWT_ERRORS):
            faults.append(f"{claim} {words}")
    if faults:
        raise InvalidToken("; ".join(faults))
    return "well-formed"


def verify_age(text: str, token: Token) -> str:
    """Return when the token expires; raise ``InvalidToken`` if it has. ``exp`` must be a date."""
    expiry = from_now(token["exp"])
    try:
        _apply_rule("exp", text, token)
    except jwt.ExpiredSignatureError as error:
        raise InvalidToken(f"expired {expiry}") from error
    return f"exp is {expiry}"


def verified(text: str, token: Token) -> Token:
    """Return the token as its endpoint reads it; raise the ``InvalidToken`` that it raises."""
    if not is_for_refresh(token):
        return JWTAuthentication().get_validated_token(text.encode())
    try:
        return type(token)(text)  # type: ignore[arg-type]  # simplejwt's own annotation lies
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error


def _refresh_token_class() -> type[Token]:
    # The view knows whether SIMPLE_JWT declares another serializer.
    serializer: Any = TokenRefreshView().get_serializer_class()
    token_class: type[Token] = serializer.token_class
    return token_class


def _apply_rule(claim: str, text: str, token: Token) -> None:
    """Raise what PyJWT raises about one claim, whatever the signature and the other claims are."""
    backend = token.get_token_backend()
    is_asked = claim != "aud" or backend.audience is not None
    options: Any = {"verify_signature": False, f"verify_{claim}": is_asked}
    rules: Any = {"audience": backend.audience, "issuer": backend.issuer}
    jwt.decode(text, options=options, leeway=backend.get_leeway(), **rules)
