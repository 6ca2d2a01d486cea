"""The moment of installation: which tokens without our claims were issued before it.

No other code reads or writes ``Installation.latest_iat``.
"""

from functools import partial
import time
from typing import Any, NamedTuple

from django.db import connections, transaction

from ..claims import is_numeric_date
from ..db.commits import after_commit
from ..db.schema import Place, place_of
from ..db.unavailable import unavailable_if_database_fails
from ..models import Installation

# Seconds from the first stamped token to the moment. In a rolling deploy old processes still mint
# meanwhile. Times of issue are by the clocks of processes, so the moment is by such a clock as well,
# and the hour covers what these clocks differ by.
ROLLOUT = 60 * 60


class _Moment(NamedTuple):
    """Up to which time of issue tokens are from before the installation; None: no token is."""

    latest_iat: int | None
    #: False until a token was stamped. Then the moment lies at least ``ROLLOUT`` ahead.
    is_final: bool

    def is_after(self, issued: object) -> bool:
        return (
            self.latest_iat is not None
            and is_numeric_date(issued)
            and int(issued) <= self.latest_iat
        )


_moments: dict[Place, _Moment] = {}


def is_from_before(issued: object, *, using: str) -> bool:
    """Was a token with this ``iat`` issued before the installation? Without an ``iat`` it was not.

    The moment is read once a process, and about every half hour until it is known.
    """
    moment = _moments.get(place_of(using))
    if moment is None or not (moment.is_final or moment.is_after(issued)):
        moment = _read(using)
    return moment.is_after(issued)


def note_first_stamp(*, using: str) -> None:
    """Let the moment be known from the first stamped token on. Asks once a process."""
    moment = _moments.get(place_of(using))
    if moment is not None and moment.is_final:
        return
    if _read(using).is_final:
        return
    skips = connections[using].features.has_select_for_update_skip_locked
    empty = Installation.objects.using(using).filter(pk=Installation.THE_ONE, latest_iat=None)
    with unavailable_if_database_fails(), transaction.atomic(using=using):
        # Whoever holds the row is writing it, perhaps in a long transaction: no login waits for it.
        if list(empty.select_for_update(skip_locked=skips)):
            empty.update(latest_iat=int(time.time()) + ROLLOUT)


def forget_installation(**kwargs: Any) -> None:
    """Read the moment again: a test has flushed the database, or a migration was applied."""
    _moments.clear()


def _read(using: str) -> _Moment:
    rows = Installation.objects.using(using).filter(pk=Installation.THE_ONE)
    with unavailable_if_database_fails():
        found = list(rows.values_list("latest_iat", flat=True))
    latest_iat = found[0] if found else None
    is_final = not found or latest_iat is not None
    # Half of what is certain, because the clocks of other processes differ from ours.
    moment = _Moment(latest_iat if is_final else int(time.time()) + ROLLOUT // 2, is_final)
    after_commit(partial(_moments.__setitem__, place_of(using), moment), using=using)
    return moment
