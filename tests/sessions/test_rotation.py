"""Rotated refresh tokens: one lineage for two tabs and a lost reply, an end for a thief."""

from datetime import timedelta
import logging

import pytest

from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.signals import refresh_token_reused, session_ended
from jwt_invalidation.tokens import RefreshToken
from tests.support import forge, people
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import post, successor_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rotating")]


@pytest.fixture
def first(client, alice):
    return people.tokens(client, alice)


def claims(pair):
    return RefreshToken(pair["refresh"]).payload


def test_two_tabs_and_a_lost_reply_end_up_with_the_same_successor(client, clock, first):
    replies = []
    for _ in range(3):
        replies.append(successor_of(client, first))
        clock.shift(3)

    assert len({reply["refresh"] for reply in replies}) == 1
    assert claims(replies[0])["jti"] != claims(first)["jti"]
    clock.shift(60)
    assert [people.ask(client, reply["access"]).status_code for reply in replies] == [200] * 3
    assert_alive(client, replies[-1])
    assert TokenSession.objects.count() == 1


def test_the_access_tokens_from_before_live_on(client, clock, first):
    second = successor_of(client, first)
    assert people.ask(client, first["access"]).status_code == 200
    clock.shift(60)
    successor_of(client, second)

    assert people.ask(client, first["access"]).status_code == 200


def assert_theft(client, replayed, *living, show=people.refresh):
    """Present a refresh token of the past, and see what that means for all of its session."""
    told = []
    with (
        receiving(refresh_token_reused, lambda **kwargs: told.append(("reused", kwargs["sid"]))),
        receiving(session_ended, lambda **kwargs: told.append(("ended", kwargs["sid"]))),
    ):
        answer = show(client, replayed["refresh"])

    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    for pair in living:
        assert_revoked(client, pair)
    sid = claims_of_dead(replayed)["sid"]
    assert told == [("ended", sid), ("reused", sid)]
    [entry] = Revocation.objects.all()
    assert (entry.scope, entry.reason, entry.identifier) == ("session", "refresh_reuse", sid)
    assert TokenSession.objects.get(sid=sid).reason == "refresh_reuse"


def claims_of_dead(pair):
    return RefreshToken(pair["refresh"], verify=False).payload


def test_a_replayed_grandparent_ends_the_session_within_that_request(
    client, alice, clock, first, caplog
):
    """ASVS 5.0, item 10.4.5. Only the predecessor has a grace, and no time has passed here."""
    other = people.tokens(client, alice)
    second = successor_of(client, first)
    third = successor_of(client, second)
    assert successor_of(client, second)["refresh"] == third["refresh"]

    with caplog.at_level(logging.WARNING, "jwt_invalidation"):
        assert_theft(client, first, second, third)

    assert f"session {claims_of_dead(first)['sid']} is ended" in caplog.text
    assert first["refresh"] not in caplog.text
    assert_alive(client, other)
    for replayed in (first, second, third):
        assert people.refresh(client, replayed["refresh"]).json()["code"] == "token_revoked"
    assert Revocation.objects.count() == 1


each_way = pytest.mark.parametrize("show", [people.verify, people.refresh])


@each_way
@pytest.mark.parametrize("seconds", [0, 5])
def test_a_predecessor_within_its_grace_is_let_in(client, clock, first, show, seconds):
    second = successor_of(client, first)
    clock.shift(seconds)

    assert show(client, first["refresh"]).status_code == 200

    assert claims(successor_of(client, first)) == claims(second)
    assert_alive(client, second)


@each_way
@pytest.mark.parametrize("seconds", [10, 11])
def test_a_predecessor_past_its_grace_ends_the_session(client, clock, first, show, seconds):
    second = successor_of(client, first)
    clock.shift(seconds)

    assert_theft(client, first, second, show=show)


def test_the_grace_is_a_setting(client, first, settings):
    settings.JWT_INVALIDATION = {"ROTATION_GRACE": timedelta(0)}
    second = successor_of(client, first)

    assert_theft(client, first, second)


@pytest.mark.django_db(transaction=True, databases=["default", "other"])
def test_a_theft_is_recorded_under_atomic_requests(client, first, atomic_requests):
    second = successor_of(client, first)
    third = successor_of(client, second)

    assert_theft(client, first, second, third)


def test_the_predecessor_of_an_ended_session_is_refused_within_the_grace(client, alice, rotating):
    first = people.tokens(client, alice)
    second = successor_of(client, first)
    post(client, "logout", {"refresh": second["refresh"]})

    assert_revoked(client, first)

    assert Revocation.objects.get().reason == "logout"


@pytest.mark.parametrize("claim", [None, "kind"])
def test_a_thief_is_stopped_whatever_tells_the_types_of_tokens(
    client, alice, simplejwt_settings, rotating, claim
):
    assert_alive(client, people.tokens(client, alice))
    simplejwt_settings.TOKEN_TYPE_CLAIM = claim
    first = people.tokens(client, alice)
    second = successor_of(client, first)
    third = successor_of(client, second)
    if claim:
        assert people.verify(client, first["refresh"]).json()["code"] == "token_revoked"

    assert people.refresh(client, first["refresh"]).status_code == 401

    assert people.refresh(client, third["refresh"]).json()["code"] == "token_revoked"
    assert TokenSession.objects.exclude(ended_at=None).get().reason == "refresh_reuse"


def test_the_login_stays_as_long_ago_as_it_is(client, alice, rotating, clock):
    pair = people.tokens(client, alice)
    logged_in = forge.read(pair["refresh"])["iat"]

    for _ in range(2):
        clock.shift(60)
        pair = successor_of(client, pair)

    assert [forge.read(each)["auth_time"] for each in pair.values()] == [logged_in] * 2
