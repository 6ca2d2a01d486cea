"""Set the work factor of the password hasher."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

ITERATIONS = 50_000


@contextmanager
def modest_work_factor() -> Iterator[PBKDF2PasswordHasher]:
    """Yield the site's hasher with a low work factor, which the demo raises later."""
    hasher = get_hasher("default")
    assert isinstance(hasher, PBKDF2PasswordHasher)
    usual = hasher.iterations
    hasher.iterations = ITERATIONS
    try:
        yield hasher
    finally:
        hasher.iterations = usual
