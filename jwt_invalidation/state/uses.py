"""Count how often a token without our claims was let in, for ``manage.py token_report``."""

from functools import partial
import logging
from threading import Lock
import time
from typing import Any

from django.db import Error
from django.db.models import F
from django.utils import timezone

from ..db.commits import after_commit
from ..db.schema import Place, place_of
from ..models import Installation

logger = logging.getLogger("jwt_invalidation")

# Seconds between two writes of a process. The row is one for all, so requests must not queue for it.
WRITTEN_EVERY = 60

_lock = Lock()
_counted: dict[Place, int] = {}
_written: dict[Place, float] = {}


def note_use(*, using: str) -> None:
    """Count one use. The decision to let the token in never depends on it.

    What a process has counted since its last write is lost when the process ends.
    """
    place, now = place_of(using), time.monotonic()
    with _lock:
        _counted[place] = _counted.get(place, 0) + 1
        if place in _written and now - _written[place] < WRITTEN_EVERY:
            return
        _written[place] = now
        uses = _counted.pop(place)
    after_commit(partial(_add, uses, using), using=using)


def forget_uses(**kwargs: Any) -> None:
    """Start to count anew: a test has flushed the database, or a migration was applied."""
    with _lock:
        _counted.clear()
        _written.clear()


def _add(uses: int, using: str) -> None:
    rows = Installation.objects.using(using).filter(pk=Installation.THE_ONE)
    try:
        rows.update(
            unversioned_uses=F("unversioned_uses") + uses, unversioned_used_at=timezone.now()
        )
    except Error:
        logger.warning("The uses of tokens without a version could not be counted.", exc_info=True)
