"""A keyed digest of a stored password hash: tells that it changed, and tells nothing else."""

from collections.abc import Iterator
from functools import lru_cache
import hmac

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.crypto import salted_hmac

SALT = "jwt_invalidation.fingerprint"


def fingerprint(password: str | None) -> str:
    """Return the fingerprint of a stored password hash: 64 hexadecimal digits.

    HMAC-SHA-256 (RFC 2104), keyed: hashes without a salt, which old user tables still hold,
    could be looked up in a plain digest of them. All unusable passwords have one fingerprint, because
    `set_unusable_password()` writes another one each time, and some backends call it at each login.
    """
    return _digest(settings.SECRET_KEY, password)


def possible_fingerprints(password: str | None) -> Iterator[str]:
    """Yield the fingerprint under the current key, then under each of ``SECRET_KEY_FALLBACKS``."""
    yield fingerprint(password)
    for secret in settings.SECRET_KEY_FALLBACKS:
        yield _digest(secret, password)


def _digest(secret: str | bytes, password: str | None) -> str:
    # The column of users who log in by other means may be null.
    encoded = password or ""
    if encoded.startswith(UNUSABLE_PASSWORD_PREFIX):
        encoded = UNUSABLE_PASSWORD_PREFIX
    return hmac.digest(_key(secret), encoded.encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _key(secret: str | bytes) -> bytes:
    return salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest()
