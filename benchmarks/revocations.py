"""Revoking one user, many users and everyone, beside simplejwt's blacklist."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from jwt_invalidation import revocation

from . import people, timing
from .tables import duration, table

TITLE = "Revoking users, {most:,} of them with state rows and one refresh token each"
OURS, THEIRS = "ours: revoke_users, log included", "simplejwt: blacklist, in batches"
EVERYONE = "ours: revoke_everyone"
# Seconds for a hundred thousand users.
TARGETS = {"sqlite": "< 3 s", "postgresql": "< 6 s"}
MOST = 100_000


def measure(*, sizes: list[int], populations: list[int]) -> str:
    """Return the table: so many users each, then everyone among so many."""
    rows: list[Sequence[str]] = []
    for population in populations:
        people.grow(population)
        rows.append(_everyone(population))
    for size in sizes:
        rows += _users(size)
    head = ["", "users", "queries", "median", "target"]
    return table(TITLE.format(most=User.objects.count()), head, sorted(rows, key=_order))


def _users(size: int) -> list[list[str]]:
    users = people.first(size)
    cases = {OURS: _revoking(users), THEIRS: _blacklisting(users)}
    sent = {name: timing.queries(case) for name, case in cases.items()}
    # A single user is a matter of microseconds, so more rounds.
    times = timing.medians(cases, rounds=51 if size == 1 else 3, warm_up=1 if size > 1 else 5)
    target = TARGETS[connection.vendor] if size == MOST else ""
    return [
        [OURS, f"{size:,}", str(sent[OURS]), duration(times[OURS]), target],
        [THEIRS, f"{size:,}", str(sent[THEIRS]), duration(times[THEIRS]), ""],
    ]


def _everyone(population: int) -> list[str]:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        yield lambda: revocation.revoke_everyone(reason="other")

    sent = timing.queries(case)
    times = timing.medians({EVERYONE: case}, rounds=51, warm_up=5)
    return [EVERYONE, f"{population:,}", str(sent), duration(times[EVERYONE]), "any number alike"]


def _revoking(users: "QuerySet[User]") -> timing.Case:
    expected = users.count()

    def revoke() -> None:
        assert revocation.revoke_users(users.all(), reason="other") == expected

    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        yield revoke

    return case


def _blacklisting(users: "QuerySet[User]") -> timing.Case:
    expected = users.count()

    def blacklist() -> None:
        with transaction.atomic():
            people.blacklist(users)

    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        BlacklistedToken._default_manager.all().delete()
        yield blacklist
        assert BlacklistedToken._default_manager.count() == expected

    return case


def _order(row: Sequence[str]) -> tuple[int, int]:
    return [OURS, THEIRS, EVERYONE].index(row[0]), int(row[1].replace(",", ""))
