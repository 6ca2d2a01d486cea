"""The work factor of the site's password hasher, in the hands of the demo."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

ITERATIONS = 50_000


@contextmanager
def modest_work_factor() -> Iterator[PBKDF2PasswordHasher]:
    """Yield the hasher of new passwords, real but quicker, so that its work factor can rise."""
    hasher = get_hasher("default")
    assert isinstance(hasher, PBKDF2PasswordHasher)
    usual = hasher.iterations
    hasher.iterations = ITERATIONS
    try:
        yield hasher
    finally:
        hasher.iterations = usual
