"""The time that ``authenticate()`` takes for one request, with ours and with others."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation.db.compiled_query import COMPILED
from jwt_invalidation.models import TokenSession

from . import people, timing
from .contestants import STATELESS, WITH_A_USER, Contestant, Contestants
from .switching import set_up
from .tables import duration, table

TITLE = """One request {what}, authentication_class().authenticate(): {rounds:,} rounds
{users:,} users; {tokens:,} tokens on record, {listed:,} of them blacklisted;
{sessions:,} sessions, {ended:,} of them ended
in turns: each call follows a call of another kind; in a row: a call of the same kind;
anew: on a connection that has sent nothing, as under ASGI, the time to connect left out"""
TABLES = {"that loads the user": WITH_A_USER, "that asks no database": STATELESS}
# Untimed calls of the same kind: a server's workers do the same work again and again.
CALLS_BEFORE = 5
HEAD = ["", "queries", "in turns", "ratio", "in a row", "ratio", "anew", "ratio", "target"]


def measure(*, users: int, tokens_each: int, rounds: int) -> Iterator[str]:
    """Yield the tables. The contestants of both tables take turns."""
    people.grow(users)
    people.hand_out(tokens_each)
    people.blacklist(people.every_tenth_token())
    people.start_sessions(tokens_each)
    asking = list(User.objects.order_by("-pk")[: min(users, rounds, 200)])
    cases = {name: _case(each, asking) for name, each in (WITH_A_USER | STATELESS).items()}
    people.settle()
    counted = {
        "users": User.objects.count(),
        "tokens": OutstandingToken._default_manager.count(),
        "listed": BlacklistedToken._default_manager.count(),
        "sessions": TokenSession.objects.count(),
        "ended": TokenSession.objects.exclude(ended_at=None).count(),
    }
    in_turns = timing.medians(cases, rounds=rounds, warm_up=len(asking))
    again = {name: _repeated(case) for name, case in cases.items()}
    in_a_row = timing.medians(again, rounds=rounds, warm_up=len(asking))
    on_new_ones = {name: _on_a_new_connection(case) for name, case in cases.items()}
    anew = timing.medians(on_new_ones, rounds=rounds, warm_up=len(asking))
    for what, contestants in TABLES.items():
        rows = _rows(contestants, cases, [in_turns, in_a_row, anew])
        yield table(TITLE.format(what=what, rounds=rounds, **counted), HEAD, rows)


def _rows(
    contestants: Contestants, cases: Mapping[str, timing.Case], timings: list[dict[str, float]]
) -> list[list[str]]:
    unit = next(iter(contestants))
    rows = []
    for name, each in contestants.items():
        row = [name, str(timing.queries(cases[name]))]
        for times in timings:
            row += [duration(times[name]), f"{times[name] / times[unit]:.2f}"]
        rows.append([*row, each.target])
    return rows


def _case(contestant: Contestant, users: list[User]) -> timing.Case:
    """Return the case of a contestant. Each round has another user."""
    with _site_of(contestant):
        requests = [_request(contestant.header(user)) for user in users]
        for user, request in zip(users, requests, strict=True):
            assert _user_id(contestant, request) == str(user.pk)

    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        request = requests[number % len(requests)]
        authentication_class = contestant.authentication
        with _site_of(contestant):
            # A new object: DRF makes one for each request.
            yield lambda: authentication_class().authenticate(request)

    return case


def _repeated(case: timing.Case) -> timing.Case:
    """Return the case with untimed calls first, so that its code and data are in the caches."""

    @contextmanager
    def repeated(number: int) -> Iterator[Callable[[], object]]:
        with case(number) as call:
            for _ in range(CALLS_BEFORE):
                call()
            yield call

    return repeated


def _on_a_new_connection(case: timing.Case) -> timing.Case:
    """Return the case without what is kept on the connection's object."""

    @contextmanager
    def anew(number: int) -> Iterator[Callable[[], object]]:
        with case(number) as call:
            vars(connection).pop(COMPILED, None)
            yield call

    return anew


def _site_of(contestant: Contestant) -> Any:
    return set_up(contestant.strategy, contestant.simplejwt_settings)


def _user_id(contestant: Contestant, request: Request) -> str:
    accepted = contestant.authentication().authenticate(request)
    assert accepted is not None
    return str(accepted[0].pk)


def _request(header: str) -> Request:
    return Request(APIRequestFactory().get("/", headers={"authorization": header}))
