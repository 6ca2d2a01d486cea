"""How a session stands: live, ended, or expired by itself."""

import time
from typing import Any

from django.db.models import Case, CharField, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from ..models import TokenSession


class Standing(TextChoices):
    """What a session is at this moment."""

    LIVE = "live", _("Live")
    ENDED = "ended", _("Ended")
    EXPIRED = "expired", _("Expired")


def with_standing(sessions: "QuerySet[TokenSession]") -> "QuerySet[Any]":
    """Return the sessions, each with its ``standing``."""
    return sessions.annotate(
        standing=Case(
            When(ended__isnull=False, then=Value(Standing.ENDED)),
            When(expires__lte=int(time.time()), then=Value(Standing.EXPIRED)),
            default=Value(Standing.LIVE),
            output_field=CharField(),
        )
    )
