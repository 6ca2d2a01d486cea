"""One authenticated request: what ``authenticate()`` takes, ours and others'."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import AccessToken

from jwt_invalidation import authentication as ours
from jwt_invalidation import tokens as our_tokens

from . import people, timing
from .tables import duration, table

TITLE = """One authenticated request, authenticate(): {rounds:,} rounds, {users:,} users
in turns: each call follows one of another kind; in a row: one of its own kind"""
TARGET = "<= 0.90 (aim 0.50)"
# Untimed, of one's own kind: a server's workers do the same thing over and over.
CALLS_BEFORE = 5


class BlacklistingAuthentication(simplejwt.JWTAuthentication):
    """What projects write by hand to make simplejwt's blacklist hold for access tokens."""

    def get_user(self, validated_token: Any) -> Any:
        """Return the user, unless the token was blacklisted."""
        user = super().get_user(validated_token)
        if BlacklistedToken._default_manager.filter(token__jti=validated_token["jti"]).exists():
            raise InvalidToken("Token is blacklisted")
        return user


@dataclass(frozen=True)
class Contestant:
    """A way to authenticate, with how its ``Authorization`` header is made."""

    authentication: BaseAuthentication
    header: Callable[[User], str]
    #: simplejwt's settings while a token is minted or checked.
    settings: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""


UNIT = "simplejwt: JWTAuthentication"
CONTESTANTS = {
    UNIT: Contestant(
        simplejwt.JWTAuthentication(), lambda user: f"Bearer {AccessToken.for_user(user)}"
    ),
    "simplejwt: with CHECK_REVOKE_TOKEN": Contestant(
        simplejwt.JWTAuthentication(),
        lambda user: f"Bearer {AccessToken.for_user(user)}",
        settings={"CHECK_REVOKE_TOKEN": True},
    ),
    "simplejwt: with a blacklist query": Contestant(
        BlacklistingAuthentication(), lambda user: f"Bearer {AccessToken.for_user(user)}"
    ),
    "DRF: TokenAuthentication": Contestant(
        TokenAuthentication(), lambda user: f"Token {Token.objects.create(user=user)}"
    ),
    "ours: JWTAuthentication": Contestant(
        ours.JWTAuthentication(),
        lambda user: f"Bearer {our_tokens.AccessToken.for_user(user)}",
        target=TARGET,
    ),
}


def measure(*, users: int, rounds: int) -> str:
    """Return the table of all contestants, in multiples of the first."""
    people.grow(users)
    people.blacklist(people.first(users // 2))
    asking = list(User.objects.order_by("-pk")[: min(users, 200)])
    cases = {name: _case(each, asking) for name, each in CONTESTANTS.items()}
    in_turns = timing.medians(cases, rounds=rounds, warm_up=len(asking))
    again = {name: _repeated(case) for name, case in cases.items()}
    in_a_row = timing.medians(again, rounds=rounds, warm_up=len(asking))
    rows = [
        [
            name,
            str(timing.queries(cases[name])),
            *_against_unit(in_turns, name),
            *_against_unit(in_a_row, name),
            each.target,
        ]
        for name, each in CONTESTANTS.items()
    ]
    head = ["", "queries", "in turns", "ratio", "in a row", "ratio", "target"]
    return table(TITLE.format(rounds=rounds, users=users), head, rows)


def _against_unit(times: Mapping[str, float], name: str) -> list[str]:
    return [duration(times[name]), f"{times[name] / times[UNIT]:.2f}"]


def _repeated(case: timing.Case) -> timing.Case:
    """Return the case with untimed calls before the timed one: its code and data are at hand."""

    @contextmanager
    def repeated(number: int) -> Iterator[Callable[[], object]]:
        with case(number) as call:
            for _ in range(CALLS_BEFORE):
                call()
            yield call

    return repeated


def _case(contestant: Contestant, users: list[User]) -> timing.Case:
    """Return the case of a contestant; each round is another user's."""
    authenticate = contestant.authentication.authenticate
    with _simplejwt_set_to(contestant.settings):
        requests = [_request(contestant.header(user)) for user in users]
        for user, request in zip(users, requests, strict=True):
            accepted = authenticate(request)
            assert accepted is not None
            assert accepted[0] == user

    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        request = requests[number % len(requests)]
        with _simplejwt_set_to(contestant.settings):
            yield lambda: authenticate(request)

    return case


def _request(header: str) -> Request:
    return Request(APIRequestFactory().get("/", headers={"authorization": header}))


@contextmanager
def _simplejwt_set_to(settings: Mapping[str, Any]) -> Iterator[None]:
    before = {name: getattr(api_settings, name) for name in settings}
    for name, value in settings.items():
        setattr(api_settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(api_settings, name, value)
