"""The grace of a rotation goes by the database's clock, and pays out nothing for what was revoked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from jwt_invalidation import gate, revocation, sessions
from jwt_invalidation.db.clock import UnixNow
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.models import TokenSession, TokenState
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, legacy, people
from tests.support.clock import age_graces
from tests.support.gates import stopped_at, stopping_after
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import sid_of, successor_of
from tests.support.strategies import needs_blacklist

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rotating")]


def worker(seconds):
    """Be a worker whose clock is so many seconds fast, or slow."""
    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds))


def test_the_clock_of_the_database_is_read_in_seconds(alice):
    [now] = TokenState.objects.values_list(UnixNow(), flat=True)

    assert abs(now - datetime.now(UTC).timestamp()) < 60


@pytest.mark.parametrize("first_by", [-12, 0, 12])
@pytest.mark.parametrize("second_by", [-12, 0, 12])
def test_workers_whose_clocks_differ_end_no_honest_session(client, alice, first_by, second_by):
    with worker(-20):
        first = people.tokens(client, alice)
    with worker(first_by):
        second = successor_of(client, first)

    with worker(second_by):
        again = successor_of(client, first)

    assert sid_of(again) == sid_of(second)
    # simplejwt refuses, without a LEEWAY, what a worker that is ahead has just issued.
    with worker(12):
        assert_alive(client, again)


@pytest.mark.parametrize("seconds", [-12, 12])
def test_a_grace_that_is_over_is_over_for_each_worker(client, alice, seconds):
    with worker(-20):
        first = people.tokens(client, alice)
    second = successor_of(client, first)
    age_graces(10)

    with worker(seconds):
        assert people.refresh(client, first["refresh"]).status_code == 401

    assert_revoked(client, second)


def test_the_predecessor_of_a_revoked_refresh_token_gets_nothing(client, alice, bob):
    first, his = people.tokens(client, alice), people.tokens(client, bob)
    second = successor_of(client, first)

    revocation.revoke_token(RefreshToken(second["refresh"]), reason="other")

    for raw in (first["refresh"], second["refresh"]):
        assert people.refresh(client, raw).json()["code"] == "token_revoked"
        assert people.verify(client, raw).json()["code"] == "token_revoked"
    assert TokenSession.objects.get(user=alice).ended_at is None
    assert people.ask(client, first["access"]).status_code == 200
    assert_alive(client, successor_of(client, his))


@needs_blacklist
@pytest.mark.with_blacklist
def test_the_predecessor_of_a_blacklisted_refresh_token_gets_nothing(client, alice):
    first = people.tokens(client, alice)
    second = successor_of(client, first)

    RefreshToken(second["refresh"]).blacklist()

    assert people.refresh(client, first["refresh"]).json()["code"] == "token_revoked"


def test_a_refresh_without_a_session_that_is_overtaken_by_logout_others_yields_nothing(
    client, alice, monkeypatch
):
    hers, old = people.tokens(client, alice), legacy.pair_of(alice)
    admitted = stopping_after(monkeypatch, gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, client, old["refresh"]) as refreshing:
        sessions.end_other_sessions(alice, keep=sid_of(hers), reason="logout")
        admitted.open()
        answer = refreshing.result()

    assert answer.status_code == 200
    # A worker whose clock is ahead has signed it.
    assert people.ask(client, answer.json()["access"]).json()["code"] == "token_revoked"
    assert people.refresh(client, answer.json()["refresh"]).json()["code"] == "token_revoked"
    assert_alive(client, hers)


def test_a_refresh_without_a_session_by_a_worker_that_is_fast_yields_what_can_be_ended(
    client, alice
):
    hers, old = people.tokens(client, alice), legacy.pair_of(alice)
    with worker(30):
        young = people.refresh(client, old["refresh"]).json()
    assert_alive(client, young)

    sessions.end_other_sessions(alice, keep=sid_of(hers), reason="logout")

    assert_revoked(client, young)


def test_a_rotation_by_hand_of_a_token_whose_session_is_gone_is_refused(client, alice):
    pair = people.tokens(client, alice)
    TokenSession.objects.all().delete()

    with pytest.raises(TokenRevoked):
        RefreshToken(pair["refresh"]).rotate()


def test_a_successor_that_was_named_under_another_key_is_asked_for_again(
    client, alice, monkeypatch
):
    pair = people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, client, pair["refresh"]) as refreshing:
        named = str(RefreshToken(pair["refresh"]).rotate())
        TokenSession.objects.update(current_jti="of-another-key")
        admitted.open()
        answer = refreshing.result()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert forge.read(named)["sid"] == sid_of(pair)
    again = successor_of(client, pair)
    assert forge.read(again["refresh"])["jti"] == "of-another-key"
    assert_alive(client, again)


def test_what_code_makes_of_a_token_without_the_gate_is_issued_when_it_is_made(client, alice):
    """Such code has asked nobody, so there is no admission to date it back to."""
    old = legacy.pair_of(alice)["refresh"]
    with worker(30):
        young = RefreshToken(old).access_token

    assert young["iat"] >= forge.read(old)["iat"] + 29
    assert gate.admit(AccessToken(str(RefreshToken(old).access_token))) == alice


def test_the_life_of_a_token_whose_session_is_gone_can_be_set_and_revives_nothing(client, alice):
    pair = people.tokens(client, alice)
    TokenSession.objects.all().delete()
    refresh = RefreshToken(pair["refresh"])

    refresh.set_exp(lifetime=timedelta(days=90))

    assert refresh["exp"] > forge.read(pair["refresh"])["exp"]
    assert people.refresh(client, str(refresh)).json()["code"] == "token_revoked"
