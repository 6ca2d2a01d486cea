"""The users of the benchmarks, with their outstanding tokens and sessions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation.maintenance.reconcile_all import sweep
from jwt_invalidation.models import Revocation, TokenSession

BATCH_SIZE = 5_000
RAW_PASSWORD = "correct horse"
PASSWORD = make_password(RAW_PASSWORD)

Row = TypeVar("Row")


def grow(number: int) -> None:
    """Insert users, each with a state row, until there are ``number``."""
    insert(number - User.objects.count())
    record_states()
    settle()


def insert(number: int) -> None:
    """Insert users without state rows, as before the app was installed."""
    names = (f"user-{uuid4().hex}" for _ in range(number))
    users = (User(username=each, email=f"{each}@example.com", password=PASSWORD) for each in names)
    for batch in batches(users):
        User.objects.bulk_create(batch)


def record_states() -> None:
    """Insert the missing state rows, as ``reconcile_tokens`` does."""
    deque(sweep(batch_size=BATCH_SIZE), maxlen=0)


def first(number: int) -> QuerySet[User]:
    """Return a queryset of the first ``number`` users."""
    last = User.objects.order_by("pk").values_list("pk", flat=True)[number - 1]
    return User.objects.filter(pk__lte=last)


def hand_out(tokens: int) -> None:
    """Record this number of tokens for each user, without their text. Delete all others."""
    forget_tokens()
    user_ids = User.objects.order_by("pk").values_list("pk", flat=True)
    tomorrow = timezone.now() + timedelta(days=1)
    records = (
        OutstandingToken(user_id=pk, jti=uuid4().hex, token="", expires_at=tomorrow)
        for _ in range(tokens)
        for pk in user_ids
    )
    for batch in batches(records):
        OutstandingToken._default_manager.bulk_create(batch)
    settle()


def start_sessions(each: int) -> None:
    """Record this number of sessions for each user, a tenth of them ended. Delete all others."""
    forget_sessions()
    user_ids = User.objects.order_by("pk").values_list("pk", flat=True)
    numbers = ((number, pk) for number in range(each) for pk in user_ids)
    for batch in batches(numbers):
        sessions = [_session(pk, is_ended=number % 10 == 9) for number, pk in batch]
        TokenSession.objects.bulk_create(sessions)
        Revocation.objects.bulk_create(_entry(each) for each in sessions if each.ended_at)
    settle()


def revive_sessions() -> None:
    """Make all ended sessions live again."""
    if TokenSession.objects.exclude(ended_at=None).update(ended_at=None, reason=""):
        settle()


def forget_sessions() -> None:
    """Delete all sessions and the log."""
    _empty(TokenSession, Revocation)


def tokens_of(users: QuerySet[User]) -> QuerySet[Any]:
    """Return the outstanding tokens of these users."""
    return OutstandingToken._default_manager.filter(user__in=users)


def every_tenth_token() -> QuerySet[Any]:
    """Return a tenth of the outstanding tokens."""
    return OutstandingToken._default_manager.alias(lot=F("pk") % 10).filter(lot=0)


def blacklist(tokens: QuerySet[Any]) -> None:
    """Put tokens on simplejwt's blacklist, in batches."""
    for batch in batches(tokens.iterator(BATCH_SIZE)):
        BlacklistedToken._default_manager.bulk_create(
            BlacklistedToken(token=each) for each in batch
        )


def clear_blacklist() -> None:
    """Empty the blacklist."""
    _empty(BlacklistedToken)


def forget_tokens() -> None:
    """Delete all outstanding and blacklisted tokens."""
    _empty(BlacklistedToken, OutstandingToken)


def settle() -> None:
    """Let the database update its statistics now, so that it does not while we measure."""
    commands = {"postgresql": "VACUUM ANALYZE", "sqlite": "ANALYZE"}
    if connection.vendor == "mysql":
        tables = map(connection.ops.quote_name, connection.introspection.table_names())
        commands["mysql"] = f"ANALYZE TABLE {', '.join(tables)}"
    with connection.cursor() as cursor:
        cursor.execute(commands[connection.vendor])


def batches(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Yield the rows in lists that every database can take."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield batch


def _session(user_id: int, *, is_ended: bool) -> TokenSession:
    now = timezone.now()
    started, tomorrow = now - timedelta(hours=1), int((now + timedelta(days=1)).timestamp())
    return TokenSession(
        sid=uuid4().hex,
        user_id=user_id,
        created_at=started,
        last_used_at=started,
        idle_exp=tomorrow,
        absolute_exp=tomorrow,
        refresh_iat=int(started.timestamp()),
        refresh_exp=tomorrow,
        current_jti=uuid4().hex,
        previous_jti=uuid4().hex,
        ip_address="192.0.2.1",
        ended_at=now if is_ended else None,
        reason=Revocation.Reason.LOGOUT if is_ended else "",
    )


def _entry(session: TokenSession) -> Revocation:
    return Revocation(
        scope=Revocation.Scope.SESSION,
        subject_id=session.user_id,
        version=0,
        reason=session.reason,
        identifier=session.sid,
    )


def _empty(*models: type[Model]) -> None:
    # Truncated: PostgreSQL would keep deleted rows in the files, which would slow down later ones.
    tables = [model._meta.db_table for model in models]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
