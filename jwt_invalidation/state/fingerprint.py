"""A keyed digest of a stored password hash: tells that it changed, and tells nothing else."""

from collections.abc import Iterator
from functools import lru_cache
import hmac

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.crypto import salted_hmac

SALT, KEY_ID_SALT = "jwt_invalidation.fingerprint", "jwt_invalidation.key_id"

# Hexadecimal digits. Short, so that whoever guesses at the key cannot be sure of a guess.
KEY_ID_LENGTH = 8


def fingerprint(password: str | None) -> str:
    """Return the fingerprint of a stored password hash: the id of the key, then 64 hex digits.

    HMAC-SHA-256 (RFC 2104), keyed: hashes without a salt, which old user tables still hold,
    could be looked up in a plain digest of them. All unusable passwords have one fingerprint, because
    `set_unusable_password()` writes another one each time, and some backends call it at each login.
    """
    return f"{current_key_id()}:{_digest(settings.SECRET_KEY, password)}"


def possible_fingerprints(password: str | None) -> Iterator[str]:
    """Yield the fingerprint under the current key, then under each of ``SECRET_KEY_FALLBACKS``.

    After each of them comes the same without the id of its key, as it was once recorded.
    """
    for secret in _secrets():
        digest = _digest(secret, password)
        yield f"{_key_id(secret)}:{digest}"
        yield digest


def current_key_id() -> str:
    """Return the id of ``SECRET_KEY``."""
    return _key_id(settings.SECRET_KEY)


def known_key_ids() -> list[str]:
    """Return the ids of ``SECRET_KEY`` and of each of ``SECRET_KEY_FALLBACKS``."""
    return [_key_id(secret) for secret in _secrets()]


def key_id_of(recorded: str) -> str:
    """Return the id of the key that a fingerprint was made with; empty if that is not on record."""
    key_id, separator, _ = recorded.partition(":")
    return key_id if separator else ""


def _secrets() -> Iterator[str | bytes]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _digest(secret: str | bytes, password: str | None) -> str:
    # The column of users who log in by other means may be null.
    encoded = password or ""
    if encoded.startswith(UNUSABLE_PASSWORD_PREFIX):
        encoded = UNUSABLE_PASSWORD_PREFIX
    return hmac.digest(_key(secret), encoded.encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _key(secret: str | bytes) -> bytes:
    return salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest()


@lru_cache(maxsize=16)
def _key_id(secret: str | bytes) -> str:
    digest = salted_hmac(KEY_ID_SALT, "key", secret=secret, algorithm="sha256")
    return digest.hexdigest()[:KEY_ID_LENGTH]
