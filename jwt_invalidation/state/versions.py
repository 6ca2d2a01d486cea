"""The numbers that versions and epochs are: unix milliseconds, then ten random bits; 53 in all.

JavaScript reads integers exactly up to that size (RFC 8259, section 6).
"""

import secrets
import time

from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Greatest

RANDOM_BITS = 10


def fresh_version() -> int:
    """Return a version above all earlier ones, and practically never given twice."""
    milliseconds = time.time_ns() // 1_000_000
    return milliseconds << RANDOM_BITS | secrets.randbelow(1 << RANDOM_BITS)


def step() -> int:
    """Return how far a version rises if the clock alone would not raise it."""
    return 1 + secrets.randbelow(1 << RANDOM_BITS)


def bumped_in_sql(column: str) -> Greatest:
    """Return the raised value of a column, in SQL, so that no other revocation is lost."""
    fresh = Value(fresh_version(), output_field=BigIntegerField())
    return Greatest(F(column) + step(), fresh)


def second_of(version: int) -> int:
    """Return the Unix time, in seconds, at which a version was raised.

    Later than that, if the clock was set back before it was raised: never earlier.
    """
    return (version >> RANDOM_BITS) // 1000
