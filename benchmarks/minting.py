"""Minting a pair at a login and refreshing it, with simplejwt and with ours."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.contrib.auth.models import User

from . import people, timing
from .mints import Mint, describe_app, mints
from .tables import duration, table

TITLE = """Minting a pair, and exchanging its refresh token for the next pair: {rounds:,} rounds
with signing, without hashing the password; the refresh token rotates, and is blacklisted if possible
{app}"""
HEAD = ["", "queries", "pair", "ratio", "queries", "refresh", "ratio"]


def measure(*, users: int, rounds: int) -> str:
    """Return the table of all mints, in multiples of the first."""
    people.grow(users)
    asking = list(people.first(users))
    rows = {name: [name] for name in mints()}
    for case_of in (_minting, _refreshing):
        cases = {name: case_of(mint, asking) for name, mint in mints().items()}
        # Timed before the queries are counted: the warm-up compiles the statements.
        times = timing.medians(cases, rounds=rounds, warm_up=5)
        for name, row in rows.items():
            row += [str(timing.queries(cases[name])), *_against_first(times, name)]
    title = TITLE.format(rounds=rounds, app=describe_app())
    return table(title, HEAD, list(rows.values()))


def _against_first(times: Mapping[str, float], name: str) -> list[str]:
    unit = next(iter(times.values()))
    return [duration(times[name]), f"{times[name] / unit:.2f}"]


def _minting(mint: Mint, users: list[User]) -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        with mint.set_up():
            yield lambda: mint.make_pair(users[number % len(users)])

    return case


def _refreshing(mint: Mint, users: list[User]) -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        with mint.set_up():
            _, token = mint.make_pair(users[number % len(users)])
            yield lambda: _rotate(mint, token)

    return case


def _rotate(mint: Mint, token: str) -> None:
    assert mint.refresh(token)["refresh"] != token
