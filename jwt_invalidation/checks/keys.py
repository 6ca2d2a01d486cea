"""The secret that signs tokens, where it is one (HMAC): whoever guesses it mints any token."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.encoding import force_bytes

from ..conf import conf

# Bytes, as many as the digest has: RFC 7518, section 3.2.
SHORTEST = {"HS256": 32, "HS384": 48, "HS512": 64}

HINT = (
    'Write: SIMPLE_JWT = {"SIGNING_KEY": os.environ["JWT_SIGNING_KEY"]}, with the output of'
    " `python -c 'import secrets; print(secrets.token_urlsafe(64))'`."
)


def check_signing_key(**kwargs: Any) -> list[checks.CheckMessage]:
    """Doubt a signing key that is empty, short, or that of Django."""
    return list(_doubts()) if conf.simplejwt.ALGORITHM in SHORTEST else []


def _doubts() -> Iterator[checks.CheckMessage]:
    algorithm, declared = conf.simplejwt.ALGORITHM, conf.simplejwt.SIGNING_KEY
    key = force_bytes(declared or "")
    shortest = SHORTEST[algorithm]
    if not key:
        yield checks.Error(
            'SIMPLE_JWT["SIGNING_KEY"] is empty: anybody can sign tokens.',
            hint=HINT,
            id="jwt_invalidation.E015",
        )
    elif len(key) < shortest:
        yield checks.Warning(
            f'SIMPLE_JWT["SIGNING_KEY"] has {len(key)} bytes: {algorithm} needs {shortest}'
            " (RFC 7518, section 3.2).",
            hint=HINT,
            id="jwt_invalidation.W001",
        )
    if key == force_bytes(settings.SECRET_KEY):
        yield checks.Warning(
            'SIMPLE_JWT["SIGNING_KEY"] is the SECRET_KEY of Django, as it is by default: whoever'
            " guesses it from a token can forge sessions too, and rotating it logs everybody out.",
            hint=HINT,
            id="jwt_invalidation.W002",
        )
