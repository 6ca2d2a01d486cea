"""Which ``SECRET_KEY`` is in use, and since when: tells an outdated process from a dropped key."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
import logging
import time
from typing import Any

from django.db import Error
from django.db.models import QuerySet, Subquery

from ..db.commits import after_commit
from ..db.schema import Place, place_of
from ..models import SecretKeyUse
from .fingerprint import current_key_id, known_key_ids

logger = logging.getLogger("jwt_invalidation")

# Microseconds, as all times here.
MINUTE = 60 * 1_000_000
# A key is in use if a process has used it as its SECRET_KEY within this time.
IN_USE = 60 * MINUTE
# How often a process notes that it uses its key.
STEP = 10 * MINUTE

# Of each database and schema: the key that this process has noted last, and when.
_noted: dict[Place, tuple[str, int]] = {}


def note_key_use(*, using: str) -> None:
    """Note that this process uses its ``SECRET_KEY``, at most once in ten minutes; never fail.

    Inside a transaction it waits for the commit: a lock on the row would stop all other processes.
    """
    key_id, now = current_key_id(), _now()
    noted, at = _noted.get(place_of(using), ("", now))
    if noted == key_id and at <= now < at + STEP:
        return
    after_commit(partial(_note, key_id, using=using), using=using)


def declare_current(*, using: str) -> None:
    """Let no other key count as newer than the ``SECRET_KEY`` of this process."""
    now = _now()
    SecretKeyUse.objects.using(using).update_or_create(
        key_id=current_key_id(), defaults={"current_since": now, "last_used": now}
    )


def newer_key_is_in_use(*, using: str) -> bool:
    """Is a newer key than this process's own in use, that this process does not know?

    A key that was never seen before is not older than any other, and not newer.
    """
    return _newer_in_use(using=using).exclude(key_id__in=known_key_ids()).exists()


def is_newer_and_in_use(key_ids: Iterable[str], *, using: str) -> bool:
    """Is one of these keys newer than this process's own, and in use?"""
    return _newer_in_use(using=using).filter(key_id__in=key_ids).exists()


def forget_noted(**kwargs: Any) -> None:
    """Note the key anew: the tables may have been made, or emptied. Connected to ``post_migrate``."""
    _noted.clear()


def _newer_in_use(*, using: str) -> QuerySet[SecretKeyUse]:
    uses = SecretKeyUse.objects.using(using)
    own = uses.filter(key_id=current_key_id()).values("current_since")
    return uses.filter(current_since__gt=Subquery(own), last_used__gt=_now() - IN_USE)


def _note(key_id: str, *, using: str) -> None:
    uses, now = SecretKeyUse.objects.using(using), _now()
    try:
        if not uses.filter(key_id=key_id).update(last_used=now):
            new = SecretKeyUse(key_id=key_id, current_since=now, last_used=now)
            uses.bulk_create([new], ignore_conflicts=True)
    except Error:
        logger.warning(
            "The use of SECRET_KEY could not be noted. It is tried again.", exc_info=True
        )
    else:
        _noted[place_of(using)] = key_id, now


def _now() -> int:
    return time.time_ns() // 1_000
