"""Revoking one user, many users and everyone, compared with simplejwt's blacklist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from jwt_invalidation import revocation

from . import people, timing
from .switching import BLACKLIST, EXPIRY, SESSION, VERSION, set_up
from .tables import duration, table

TITLE = """Revoking users: {most:,} have state rows, {each} tokens and {each} sessions each
ours write their log"""
SESSIONS_OF_USERS = "ours: revoke_users, sessions"
VERSION_OF_USERS = "ours: revoke_users, version"
BLACKLIST_OF_USERS = "ours: revoke_users, blacklist"
EXPIRY_OF_USERS = "ours: revoke_users, expiry"
THEIRS = "simplejwt: blacklist, in batches"
SESSIONS_OF_ALL = "ours: revoke_everyone, sessions"
VERSION_OF_ALL = "ours: revoke_everyone, version"
BLACKLIST_OF_ALL = "ours: revoke_everyone, blacklist"
ORDER = [
    SESSIONS_OF_USERS,
    VERSION_OF_USERS,
    EXPIRY_OF_USERS,
    BLACKLIST_OF_USERS,
    THEIRS,
    SESSIONS_OF_ALL,
    VERSION_OF_ALL,
    BLACKLIST_OF_ALL,
]
# Seconds for a hundred thousand users.
TARGETS = {"sqlite": "< 3 s", "postgresql": "< 6 s", "mysql": ""}
MOST = 100_000
# Two logins with a pair each. For simplejwt, which records refresh tokens only, four logins.
TOKENS_EACH = 4


def measure(*, sizes: list[int], populations: list[int]) -> str:
    """Return the table: these numbers of users, then everyone in populations of these sizes."""
    rows: list[list[str]] = []
    for population in populations:
        people.grow(population)
        people.hand_out(TOKENS_EACH)
        people.start_sessions(TOKENS_EACH)
        rows += _everyone(population)
    for size in sizes:
        rows += _users(size)
    title = TITLE.format(most=User.objects.count(), each=TOKENS_EACH)
    return table(title, ["", "users", "queries", "median", "target"], sorted(rows, key=_order))


def _users(size: int) -> list[list[str]]:
    users = people.first(size)
    cases = {
        SESSIONS_OF_USERS: _revoking(users, SESSION),
        VERSION_OF_USERS: _revoking(users, VERSION),
        EXPIRY_OF_USERS: _revoking(users, EXPIRY),
        BLACKLIST_OF_USERS: _revoking(users, BLACKLIST),
        THEIRS: _blacklisting(users),
    }
    sent = {name: timing.queries(case) for name, case in cases.items()}
    # Many users take seconds. Counting the statements has warmed them up.
    times = timing.medians(cases, rounds=51 if size == 1 else 3, warm_up=5 if size == 1 else 0)
    targets = {VERSION_OF_USERS: TARGETS[connection.vendor]} if size == MOST else {}
    return [_row(name, size, sent[name], times[name], targets.get(name, "")) for name in cases]


def _everyone(population: int) -> list[list[str]]:
    version = _revoking_everyone(VERSION)
    each_token = {
        SESSIONS_OF_ALL: _revoking_everyone(SESSION),
        BLACKLIST_OF_ALL: _revoking_everyone(BLACKLIST),
    }
    sent = {name: timing.queries(case) for name, case in each_token.items()}
    bumped = timing.medians({VERSION_OF_ALL: version}, rounds=51, warm_up=5)
    times = timing.medians(each_token, rounds=3, warm_up=0)
    return [
        _row(
            VERSION_OF_ALL,
            population,
            timing.queries(version),
            bumped[VERSION_OF_ALL],
            "any number alike",
        ),
        *(_row(name, population, sent[name], times[name], "") for name in each_token),
    ]


def _revoking(users: QuerySet[User], strategy: str) -> timing.Case:
    expected = users.count()

    def revoke() -> None:
        assert revocation.revoke_users(users.all(), reason="other") == expected

    return _case(revoke, strategy, listed=_tokens_of(expected) if strategy == BLACKLIST else 0)


def _revoking_everyone(strategy: str) -> timing.Case:
    def revoke() -> None:
        revocation.revoke_everyone(reason="other")

    everyone = User.objects.count()
    return _case(revoke, strategy, listed=_tokens_of(everyone) if strategy == BLACKLIST else 0)


def _blacklisting(users: QuerySet[User]) -> timing.Case:
    def blacklist() -> None:
        with transaction.atomic():
            people.blacklist(people.tokens_of(users))

    return _case(blacklist, VERSION, listed=_tokens_of(users.count()))


def _case(revoke: Callable[[], None], strategy: str, *, listed: int) -> timing.Case:
    """Return the case of a revocation that puts ``listed`` tokens on an empty blacklist."""

    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        people.clear_blacklist()
        people.revive_sessions()
        with set_up(strategy):
            yield revoke
        assert BlacklistedToken._default_manager.count() == listed

    return case


def _tokens_of(users: int) -> int:
    return users * TOKENS_EACH


def _row(name: str, users: int, sent: int, took: float, target: str) -> list[str]:
    return [name, f"{users:,}", str(sent), duration(took), target]


def _order(row: Sequence[str]) -> tuple[int, int]:
    return ORDER.index(row[0]), int(row[1].replace(",", ""))
