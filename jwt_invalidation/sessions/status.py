"""Tell which sessions are live, which were ended, and which have expired by themselves."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import Case, CharField, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from ..models import TokenSession


class Status(TextChoices):
    """The status of a session at this moment."""

    LIVE = "live", _("Live")
    ENDED = "ended", _("Ended")
    EXPIRED = "expired", _("Expired")


def live_sessions(*, using: str) -> QuerySet[TokenSession]:
    """Return a queryset of the sessions that are neither ended nor expired."""
    return TokenSession.objects.using(using).filter(ended_at=None, idle_exp__gt=int(time.time()))


def with_status(sessions: QuerySet[TokenSession]) -> QuerySet[Any]:
    """Return the sessions, each annotated with its ``status``."""
    return sessions.annotate(
        status=Case(
            When(ended_at__isnull=False, then=Value(Status.ENDED)),
            When(idle_exp__lte=int(time.time()), then=Value(Status.EXPIRED)),
            default=Value(Status.LIVE),
            output_field=CharField(),
        )
    )
