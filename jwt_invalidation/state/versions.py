"""Versions and epochs: integers of 53 bits, Unix milliseconds followed by ten random bits.

JavaScript reads integers exactly up to that size (RFC 8259, section 6).
"""

import secrets
import time

from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Greatest

RANDOM_BITS = 10


def fresh_version() -> int:
    """Return a version that is larger than earlier ones, and practically never the same twice."""
    milliseconds = time.time_ns() // 1_000_000
    return milliseconds << RANDOM_BITS | secrets.randbelow(1 << RANDOM_BITS)


def step() -> int:
    """Return what to add to a version that is ahead of the clock."""
    return 1 + secrets.randbelow(1 << RANDOM_BITS)


def bumped_in_sql(column: str) -> Greatest:
    """Return the bumped value of a column, computed in SQL so that no other revocation is lost."""
    fresh = Value(fresh_version(), output_field=BigIntegerField())
    return Greatest(F(column) + step(), fresh)


def second_of(version: int) -> int:
    """Return the Unix time, in seconds, at which a version was bumped.

    It is later than that if the clock was set back before the bump. It is never earlier.
    """
    return (version >> RANDOM_BITS) // 1000
