"""Rotated refresh tokens: one lineage for two tabs and a lost reply, an end for a thief."""

from datetime import UTC, datetime, timedelta
import logging

from django.db import connection
import pytest
import time_machine

from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.signals import refresh_token_reused, session_ended
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.gates import Thread, receiving
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rotating(simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True


@pytest.fixture
def first(client, alice):
    return people.tokens(client, alice)


def successor_of(client, pair):
    answer = people.refresh(client, pair["refresh"])
    assert answer.status_code == 200, answer.json()
    return answer.json()


def claims(pair):
    return RefreshToken(pair["refresh"]).payload


def later(**elapsed):
    return time_machine.travel(datetime.now(UTC) + timedelta(**elapsed))


def test_two_tabs_and_a_lost_reply_end_up_with_the_same_successor(client, first):
    replies = [successor_of(client, first) for _ in range(3)]

    assert claims(replies[0]) == claims(replies[1]) == claims(replies[2])
    assert claims(replies[0])["jti"] != claims(first)["jti"]
    for reply in replies:
        assert_alive(client, reply)
    assert TokenSession.objects.count() == 1


def test_the_access_token_from_before_lives_on(client, first):
    successor_of(client, first)

    assert people.ask(client, first["access"]).status_code == 200


def test_the_predecessor_within_the_grace_is_verified_and_past_it_no_more(client, first):
    successor_of(client, first)

    assert people.verify(client, first["refresh"]).status_code == 200
    assert TokenSession.objects.get().ended_at is None
    with later(seconds=11):
        assert people.verify(client, first["refresh"]).json()["code"] == "token_revoked"
    assert TokenSession.objects.get().reason == "refresh_reuse"


def assert_theft(client, replayed, *living):
    """Present a refresh token of the past, and see what that means for all of its session."""
    told = []
    with (
        receiving(refresh_token_reused, lambda **kwargs: told.append(("reused", kwargs["sid"]))),
        receiving(session_ended, lambda **kwargs: told.append(("ended", kwargs["sid"]))),
    ):
        answer = people.refresh(client, replayed["refresh"])

    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    for pair in living:
        assert_revoked(client, pair)
    sid = claims_of_dead(replayed)["sid"]
    assert told == [("ended", sid), ("reused", sid)]
    [line] = Revocation.objects.all()
    assert (line.scope, line.reason, line.identifier) == ("session", "refresh_reuse", sid)
    assert TokenSession.objects.get(sid=sid).reason == "refresh_reuse"


def claims_of_dead(pair):
    return RefreshToken(pair["refresh"], verify=False).payload


def test_a_replayed_grandparent_ends_the_session_within_that_request(client, alice, first, caplog):
    """ASVS 5.0, item 10.4.5."""
    other = people.tokens(client, alice)
    second = successor_of(client, first)
    third = successor_of(client, second)

    with caplog.at_level(logging.WARNING, "jwt_invalidation"):
        assert_theft(client, first, second, third)

    assert f"session {claims_of_dead(first)['sid']} is ended" in caplog.text
    assert first["refresh"] not in caplog.text
    assert_alive(client, other)


def test_a_predecessor_past_its_grace_ends_the_session(client, first):
    second = successor_of(client, first)

    with later(seconds=11):
        assert_theft(client, first, second)


def test_a_predecessor_at_the_last_moment_of_its_grace_does_not(client, first):
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        second = successor_of(client, first)

        clock.shift(timedelta(seconds=9))
        assert claims(successor_of(client, first)) == claims(second)
        clock.shift(timedelta(seconds=1))
        assert people.refresh(client, first["refresh"]).status_code == 401


def test_the_grace_is_a_setting(client, first, settings):
    settings.JWT_INVALIDATION = {"ROTATION_GRACE": timedelta(0)}
    second = successor_of(client, first)

    assert_theft(client, first, second)


def test_a_theft_told_twice_is_recorded_once(client, first):
    second = successor_of(client, first)
    third = successor_of(client, second)
    assert_theft(client, first, second, third)

    for replayed in (first, second, third):
        assert people.refresh(client, replayed["refresh"]).json()["code"] == "token_revoked"

    assert Revocation.objects.count() == 1


def test_a_theft_is_recorded_under_atomic_requests(client, first, settings):
    second = successor_of(client, first)
    third = successor_of(client, second)
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert_theft(client, first, second, third)
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
        settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_hundred_threads_that_refresh_one_token_leave_one_lineage(client, first):
    from rest_framework.test import APIClient

    threads = [Thread(successor_of, APIClient(), first) for _ in range(100)]
    replies = [thread.result() for thread in threads]

    assert len({claims(reply)["jti"] for reply in replies}) == 1
    assert TokenSession.objects.get().ended_at is None
    assert_alive(client, replies[0])
