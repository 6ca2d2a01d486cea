"""Tell which sessions are live, which were ended, and which have expired by themselves."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..models import TokenEpoch, TokenSession

# Its tokens name the user who was logged in. One who was given the session, by code that merges
# accounts, has no token of it. Sessions from before this column have an empty one.
_IS_HELD = Q(holder_id=None) | Q(holder_id=F("user"))


class Status(TextChoices):
    """The status of a session at this moment."""

    LIVE = "live", _("Live")
    ENDED = "ended", _("Ended")
    EXPIRED = "expired", _("Expired")


def live_sessions(*, using: str) -> QuerySet[TokenSession]:
    """Return a queryset of the sessions that are neither ended nor expired."""
    return unended(TokenSession.objects.using(using)).filter(idle_exp__gt=int(time.time()))


def unended(sessions: QuerySet[TokenSession]) -> QuerySet[TokenSession]:
    """Return those of the sessions that nobody has ended or moved to another user."""
    return sessions.filter(_IS_HELD, ended_at=None, token_epoch=_current_epoch())


def with_status(sessions: QuerySet[TokenSession]) -> QuerySet[Any]:
    """Return the sessions, each annotated with its ``status``."""
    is_over = Q(ended_at__isnull=False) | ~Q(token_epoch=F("current_epoch")) | ~_IS_HELD
    return sessions.annotate(
        current_epoch=_current_epoch(),
        status=Case(
            When(is_over, then=Value(Status.ENDED)),
            When(idle_exp__lte=int(time.time()), then=Value(Status.EXPIRED)),
            default=Value(Status.LIVE),
            output_field=CharField(),
        ),
    )


def _current_epoch() -> Coalesce:
    # A session from before `revoke_everyone` is over for every reader without being written: to
    # write all of them takes long, and waits for whoever has locked one.
    epoch = Subquery(TokenEpoch.objects.values("token_epoch"))
    return Coalesce(epoch, Value(0), output_field=BigIntegerField())
