"""Try once more what a database has rolled back to end a deadlock."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connections

from ..users import write_alias

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    T = TypeVar("T")

# PostgreSQL's deadlock_detected; the number of MySQL and MariaDB.
SQLSTATE, ERRNO = "40P01", 1213


def retried_after_deadlock(work: Callable[P, T]) -> Callable[P, T]:
    """Return ``work``, which is tried once more if it was the victim of a deadlock.

    Only where it owns its transaction: inside one of the caller's, all of that is rolled back.
    """

    @wraps(work)
    def retried(*args: P.args, **kwargs: P.kwargs) -> T:
        owns_transaction = not connections[write_alias()].in_atomic_block
        try:
            return work(*args, **kwargs)
        except OperationalError as error:
            if not (owns_transaction and is_deadlock(error)):
                raise
        return work(*args, **kwargs)

    return retried


def is_deadlock(error: OperationalError) -> bool:
    """Has the database ended a deadlock by this error?"""
    cause: Any = error.__cause__
    return getattr(cause, "sqlstate", None) == SQLSTATE or error.args[:1] == (ERRNO,)
