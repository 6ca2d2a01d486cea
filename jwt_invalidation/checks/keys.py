"""The secret that signs tokens with HMAC: whoever guesses it can mint any token."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.encoding import force_bytes

from ..conf import conf
from .subjects import simplejwt_setting

# In bytes, the size of the digest: RFC 7518, section 3.2.
SHORTEST = {"HS256": 32, "HS384": 48, "HS512": 64}

SETTING = simplejwt_setting("SIGNING_KEY")
HINT = (
    'Add to SIMPLE_JWT: "SIGNING_KEY": os.environ["JWT_SIGNING_KEY"], and set that variable to the'
    " output of `python -c 'import secrets; print(secrets.token_urlsafe(64))'`. Every token that the"
    " old key has signed is refused from then on: everybody logs in again."
)


def check_signing_key(**kwargs: Any) -> list[checks.CheckMessage]:
    """Report a signing key that is empty, short, or the ``SECRET_KEY``."""
    return list(_check_key()) if conf.simplejwt.ALGORITHM in SHORTEST else []


def _check_key() -> Iterator[checks.CheckMessage]:
    algorithm, declared = conf.simplejwt.ALGORITHM, conf.simplejwt.SIGNING_KEY
    key = force_bytes(declared or "")
    shortest = SHORTEST[algorithm]
    if not key:
        yield checks.Error(
            "The signing key is empty: anybody can sign tokens.",
            hint=HINT,
            obj=SETTING,
            id="jwt_invalidation.E015",
        )
    elif len(key) < shortest:
        yield checks.Warning(
            f"The signing key has {len(key)} bytes: {algorithm} needs {shortest} (RFC 7518, section"
            " 3.2).",
            hint=HINT,
            obj=SETTING,
            id="jwt_invalidation.W001",
        )
    if key == force_bytes(settings.SECRET_KEY):
        yield checks.Warning(
            "The signing key is the SECRET_KEY of Django, as it is by default: whoever guesses it"
            " from a token can forge sessions too, and rotating it logs everybody out.",
            hint=HINT,
            obj=SETTING,
            id="jwt_invalidation.W002",
        )
