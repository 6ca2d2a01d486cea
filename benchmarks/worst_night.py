"""Revoking everyone while somebody else has locked a session, a user and a state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection

from jwt_invalidation import revocation
from jwt_invalidation.models import TokenSession, TokenState
from jwt_invalidation.sessions.status import live_sessions

from . import people, timing
from .switching import SESSION, set_up
from .tables import duration, table

TITLE = "Revoking everyone, while others have locked a session, a user and a state"
TARGET = "< 50 ms"
LOCKED = (TokenSession, User, TokenState)


def measure(*, users: int, sessions_each: int, rounds: int) -> str:
    """Return the table, for so many users with so many sessions each."""
    people.grow(users)
    people.start_sessions(sessions_each)
    sessions = TokenSession.objects.count()
    name = "ours: revoke_everyone, sessions"
    case = _revoking()
    sent = timing.queries(case)
    took = timing.medians({name: case}, rounds=rounds, warm_up=1)[name]
    row = [name, f"{sessions:,}", str(sent), duration(took), TARGET]
    return table(TITLE, ["", "sessions", "queries", "median", "target"], [row])


def _revoking() -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        with set_up(SESSION), _locked_by_somebody_else():
            yield lambda: revocation.revoke_everyone(reason="other")
        assert not live_sessions(using="default").exists()

    return case


@contextmanager
def _locked_by_somebody_else() -> Iterator[None]:
    """Lock one row of each table in a connection of its own. SQLite locks no rows."""
    if not connection.features.has_select_for_update:
        yield
        return
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            for model in LOCKED:
                table_name = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"SELECT * FROM {table_name} LIMIT 1 FOR UPDATE")
        yield
    finally:
        other.rollback()
        other.close()
