"""Flush, and hold what was left against what was expected."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
import time_machine

from jwt_invalidation.maintenance.flush import flush
from jwt_invalidation.models import Revocation, TokenSession

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
AT_ONCE = timedelta(0)
LOCKS = connection.features.has_select_for_update


def flushed(retention=None, batch_size=100, **options):
    """Flush, and return the progress at the end."""
    return list(flush(batch_size=batch_size, retention=retention, **options))[-1]


def at(moment=NOW, **later):
    """Stop the clock at a moment, or so much later."""
    return time_machine.travel(moment + timedelta(**later), tick=False)


def make_sessions(user, number, **fields):
    """Put sessions on record that ended two years ago, or whatever ``fields`` say."""
    past = timezone.now() - timedelta(days=730)
    values = {"ended_at": past, "created_at": past, "last_used_at": past, **fields}
    expiry = values.pop("idle_exp", int(past.timestamp()))
    existing = TokenSession.objects.count()
    TokenSession.objects.bulk_create(
        TokenSession(
            sid=f"{existing + n:032x}",
            user=user,
            idle_exp=expiry,
            absolute_exp=expiry,
            refresh_iat=0,
            refresh_exp=expiry,
            current_jti="",
            **values,
        )
        for n in range(number)
    )


def make_entries(user, number, scope="user", **fields):
    """Write entries of the log that are two years old, or whatever ``fields`` say."""
    values = {"created_at": timezone.now() - timedelta(days=730), "reason": "other", **fields}
    subject_id = None if user is None else user.pk
    Revocation.objects.bulk_create(
        Revocation(scope=scope, subject_id=subject_id, version=1, **values) for _ in range(number)
    )
