"""How long a session may live, used and unused, and how many of them a user may have."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework_simplejwt.state import token_backend
import time_machine

from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def limited(settings):
    def put(**limits):
        settings.JWT_INVALIDATION = limits

    return put


def test_an_unused_session_expires_and_a_used_one_does_not(client, alice, clock, limited):
    """ASVS 5.0, item 7.3.1."""
    limited(SESSION_IDLE_LIFETIME=timedelta(hours=1))
    hers = people.tokens(client, alice)
    clock.shift(timedelta(minutes=59))
    assert people.refresh(client, hers["refresh"]).status_code == 200

    clock.shift(timedelta(minutes=59, seconds=59))
    fresh = people.refresh(client, hers["refresh"]).json()["access"]
    clock.shift(timedelta(hours=1) - timedelta(seconds=1))
    assert people.verify(client, hers["refresh"]).status_code == 200

    clock.shift(timedelta(seconds=1))
    assert people.refresh(client, hers["refresh"]).json()["code"] == "token_revoked"
    assert people.ask(client, fresh).status_code == 401


def test_an_access_token_does_not_outlive_its_session(client, alice, clock, limited):
    limited(SESSION_IDLE_LIFETIME=timedelta(minutes=2))
    hers = people.tokens(client, alice)

    clock.shift(timedelta(minutes=2) - timedelta(seconds=1))
    assert people.ask(client, hers["access"]).status_code == 200

    clock.shift(timedelta(seconds=1))
    assert people.ask(client, hers["access"]).json()["code"] == "token_revoked"


def test_a_session_expires_however_much_it_is_used(client, alice, clock, limited, rotating):
    """ASVS 5.0, item 7.3.2."""
    limited(SESSION_LIFETIME=timedelta(days=2))
    refresh = people.tokens(client, alice)["refresh"]
    for _ in range(3):
        clock.shift(timedelta(hours=15))
        refresh = people.refresh(client, refresh).json()["refresh"]

    clock.shift(timedelta(hours=3) - timedelta(seconds=1))
    assert people.verify(client, refresh).status_code == 200

    clock.shift(timedelta(seconds=1))
    assert people.refresh(client, refresh).json()["code"] == "token_not_valid"
    assert TokenSession.objects.get().idle_exp == int(datetime.now(UTC).timestamp())
    assert people.verify(client, refresh).json()["code"] == "token_not_valid"


def test_a_session_lives_as_long_as_its_refresh_tokens_unless_told_otherwise(
    client, alice, clock, rotating
):
    refresh = people.tokens(client, alice)["refresh"]
    for _ in range(3):
        clock.shift(timedelta(hours=23))
        refresh = people.refresh(client, refresh).json()["refresh"]

    clock.shift(timedelta(hours=23))
    assert people.verify(client, refresh).status_code == 200


def test_a_refresh_without_rotation_is_a_use_within_the_first_minute_as_well(
    client, alice, clock, limited
):
    limited(SESSION_IDLE_LIFETIME=timedelta(seconds=90))
    hers = people.tokens(client, alice)
    login = TokenSession.objects.get().last_used_at

    clock.shift(timedelta(seconds=50))
    people.refresh(client, hers["refresh"])

    assert TokenSession.objects.get().last_used_at == login + timedelta(seconds=50)
    clock.shift(timedelta(seconds=89))
    assert people.refresh(client, hers["refresh"]).status_code == 200
    clock.shift(timedelta(seconds=90))
    assert people.refresh(client, hers["refresh"]).json()["code"] == "token_revoked"


def test_one_login_too_many_ends_the_session_unused_the_longest(client, alice, bob, clock, limited):
    limited(MAX_SESSIONS_PER_USER=2)
    his = people.tokens(client, bob)
    first = people.tokens(client, alice)
    clock.shift(timedelta(minutes=1))
    second = people.tokens(client, alice)
    clock.shift(timedelta(minutes=2))
    assert_alive(client, first)

    third = people.tokens(client, alice)

    assert_revoked(client, second)
    for pair in (first, third, his):
        assert_alive(client, pair)
    [entry] = Revocation.objects.filter(scope="session")
    assert entry.identifier == RefreshToken(second["refresh"], verify=False)["sid"]


def test_one_login_too_many_is_refused_where_the_site_prefers_it(client, alice, limited):
    limited(MAX_SESSIONS_PER_USER=1, SESSION_LIMIT_POLICY="refuse")
    first = people.tokens(client, alice)

    answer = people.login(client, alice)

    assert (answer.status_code, answer.json()["code"]) == (403, "too_many_sessions")
    assert_alive(client, first)
    client.post("/api/token/logout/", {"refresh": first["refresh"]}, format="json")
    assert people.login(client, alice).status_code == 200


def test_ended_and_expired_sessions_do_not_count(client, alice, clock, limited):
    limited(MAX_SESSIONS_PER_USER=1, SESSION_LIMIT_POLICY="refuse")
    people.tokens(client, alice)

    clock.shift(timedelta(days=1))

    assert people.login(client, alice).status_code == 200


def test_a_longer_life_counts_from_when_it_was_given(client, alice, clock):
    before = RefreshToken.for_user(alice)
    short = str(before)
    before.set_exp(lifetime=timedelta(days=14))
    written = RefreshToken.for_user(alice)
    written["exp"] = before["exp"]

    clock.shift(timedelta(days=14) - timedelta(seconds=1))
    for remembered in (before, written):
        assert people.refresh(client, str(remembered)).status_code == 200
    assert people.refresh(client, short).status_code == 401


def test_no_life_given_to_a_token_outlasts_that_of_sessions(client, alice, settings, clock):
    settings.JWT_INVALIDATION = {"SESSION_LIFETIME": timedelta(days=2)}
    remembered = RefreshToken.for_user(alice)
    remembered.set_exp(lifetime=timedelta(days=90))
    access = remembered.access_token
    access.set_exp(lifetime=timedelta(days=90))
    access = str(access)

    clock.shift(timedelta(days=2) - timedelta(seconds=1))
    assert people.verify(client, str(remembered)).status_code == 200

    clock.shift(timedelta(seconds=1))
    assert people.refresh(client, str(remembered)).json()["code"] == "token_not_valid"
    assert people.ask(client, access).json()["code"] == "token_revoked"


@pytest.mark.parametrize("leeway", [30, timedelta(seconds=30)])
def test_a_session_grants_the_leeway_that_its_refresh_token_has(alice, monkeypatch, clock, leeway):
    monkeypatch.setattr(token_backend, "leeway", leeway)

    hers = RefreshToken.for_user(alice)

    assert TokenSession.objects.get().idle_exp == hers["exp"] + 30


def test_a_use_is_written_in_the_hour_that_comes_twice(client, alice, settings):
    """Where times are of a zone and summer time ends: 2026-10-25, 3:00 is 2:00 in Vienna."""
    settings.USE_TZ = False
    settings.JWT_INVALIDATION = {"SESSION_IDLE_LIFETIME": timedelta(minutes=30)}
    with time_machine.travel("2026-10-25T00:50:00Z", tick=False) as clock:
        hers = people.tokens(client, alice)

        for _ in range(3):
            clock.shift(timedelta(minutes=20))
            answer = people.refresh(client, hers["refresh"])
            assert answer.status_code == 200, answer.json()
