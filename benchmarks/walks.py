"""The time that the views of login, refresh and logout take, ours and simplejwt's."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt import views as simplejwt

from jwt_invalidation import views
from jwt_invalidation.models import TokenSession
from jwt_invalidation.token_blacklist import blacklist_is_installed

from . import people, timing
from .growth import count_rows
from .mints import describe_app
from .switching import SESSION, VERSION, set_up
from .tables import duration, table

TITLE = """Login, refresh and logout: the view and its rendered answer, {rounds:,} rounds
{sessions:,} sessions on record; passwords are hashed by MD5, any other hasher adds its time to each
{app}"""
HEAD = ["", "queries", "rows", "median", "ratio", "target"]
MOST_QUERIES = 4

View = Callable[..., Response]
Walk = Callable[["Site", User], Callable[[], Response]]


@dataclass(frozen=True)
class Site:
    """The views that a site includes, and the active strategy."""

    login: View
    refresh: View
    logout: View | None
    strategy: str = VERSION

    def set_up(self, *, rotating: bool) -> AbstractContextManager[None]:
        """Let refresh tokens rotate; blacklist the old one if the blacklist app is installed."""
        rotation = {
            "ROTATE_REFRESH_TOKENS": rotating,
            "BLACKLIST_AFTER_ROTATION": rotating and blacklist_is_installed(),
        }
        return set_up(self.strategy, rotation)

    def pair_of(self, user: User) -> Mapping[str, str]:
        """Log the user in an hour ago; return the tokens."""
        pair: Mapping[str, str] = _logging_in(self, user)().data
        # The use of a session is written once a minute at most. Clients refresh less often.
        a_while_ago = timezone.now() - timedelta(hours=1)
        new = TokenSession.objects.filter(user=user, last_used_at__gt=a_while_ago)
        new.update(last_used_at=a_while_ago)
        return pair


def _logging_in(site: Site, user: User) -> Callable[[], Response]:
    return _call(site.login, {"username": user.username, "password": people.RAW_PASSWORD})


def _refreshing(site: Site, user: User) -> Callable[[], Response]:
    return _call(site.refresh, {"refresh": site.pair_of(user)["refresh"]})


def _logging_out(site: Site, user: User) -> Callable[[], Response]:
    assert site.logout is not None
    return _call(site.logout, {"refresh": site.pair_of(user)["refresh"]})


def _call(view: View, body: Mapping[str, str]) -> Callable[[], Response]:
    request = APIRequestFactory().post("/", body, format="json")
    return lambda: view(request).render()


SESSIONS = "ours, sessions"
ROTATING = "refresh, rotating"
WALKS: Mapping[str, Walk] = {
    "login": _logging_in,
    "refresh": _refreshing,
    ROTATING: _refreshing,
    "logout": _logging_out,
}


def measure(*, users: int, sessions_each: int, rounds: int) -> str:
    """Return the table by walk and site; raise ``CommandError`` if one takes too many queries."""
    people.grow(users)
    people.start_sessions(sessions_each)
    asking = list(people.first(users))
    title = TITLE.format(rounds=rounds, sessions=TokenSession.objects.count(), app=describe_app())
    return table(title, HEAD, [row for walk in WALKS for row in _rows(walk, asking, rounds)])


def _rows(walk: str, users: list[User], rounds: int) -> Iterator[list[str]]:
    cases = {
        name: _case(walk, site, users)
        for name, site in _sites().items()
        if walk != "logout" or site.logout
    }
    # Timed before the queries are counted: the warm-up compiles the statements.
    times = timing.medians(cases, rounds=rounds, warm_up=5)
    unit = next(iter(times.values()))
    for name, case in cases.items():
        sent, added, target = timing.queries(case), _added_rows(case), ""
        if (walk, name) == (ROTATING, SESSIONS):
            _require_lean(sent, added)
            target = f"<= {MOST_QUERIES} queries, no row"
        took = [duration(times[name]), f"{times[name] / unit:.2f}"]
        yield [f"{walk}: {name}", str(sent), f"+{added}", *took, target]


def _sites() -> dict[str, Site]:
    blacklist = simplejwt.TokenBlacklistView.as_view() if blacklist_is_installed() else None
    login, refresh = views.TokenObtainPairView.as_view(), views.TokenRefreshView.as_view()
    return {
        "simplejwt": Site(
            simplejwt.TokenObtainPairView.as_view(),
            simplejwt.TokenRefreshView.as_view(),
            blacklist,
        ),
        SESSIONS: Site(login, refresh, views.LogoutView.as_view(), SESSION),
        "ours, version": Site(login, refresh, None),
    }


def _case(walk: str, site: Site, users: list[User]) -> timing.Case:
    """Return the case of a site. Each round has another user."""

    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        answers: list[Any] = []
        with site.set_up(rotating=walk == ROTATING):
            answer = WALKS[walk](site, users[number % len(users)])
            yield lambda: answers.append(answer())
        assert all(each.status_code < 300 for each in answers)

    return case


def _added_rows(case: timing.Case) -> int:
    with case(0) as call:
        before = count_rows()
        call()
        return count_rows() - before


def _require_lean(sent: int, added: int) -> None:
    if sent > MOST_QUERIES or added:
        raise CommandError(
            f"A refresh that rotates sends {sent} queries and adds {added} rows;"
            f" {MOST_QUERIES} and none were promised."
        )
