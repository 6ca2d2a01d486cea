"""Refreshes of one token at once, and beside what ends its session."""

from django.db import connection, transaction
from rest_framework.test import APIClient

from jwt_invalidation import gate as the_gate
from jwt_invalidation import sessions
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.sessions import lifecycle
from jwt_invalidation.signals import refresh_token_reused
from tests.support import forge, people
from tests.support.clock import age_graces
from tests.support.ends import deactivate, delete, each_end, log_out, revoke
from tests.support.gates import (
    Gate,
    Thread,
    meeting_before,
    receiving,
    stopped_at,
    stopping_after,
)
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import sid_of


@each_end
def test_a_rotation_overtaken_by_an_end_yields_nothing(
    client, alice, monkeypatch, rotating, change
):
    pair = people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, APIClient(), pair["refresh"]) as refreshing:
        change(alice, pair)
        admitted.open()
        answer = refreshing.result()

    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    assert not Revocation.objects.filter(reason="refresh_reuse").exists()


@each_end
def test_a_rotation_overtaking_an_end_yields_what_is_dead_after_it(
    client, alice, monkeypatch, rotating, change
):
    pair = people.tokens(client, alice)
    rotated = stopping_after(monkeypatch, lifecycle, "rotate")

    with stopped_at(rotated, people.refresh, APIClient(), pair["refresh"]) as refreshing:
        change(alice, pair)
        rotated.open()
        answer = refreshing.result()

    assert answer.status_code == 200
    assert people.ask(client, answer.json()["access"]).status_code == 401
    assert people.refresh(client, answer.json()["refresh"]).status_code == 401


@each_end
def test_a_refresh_overtaken_by_an_end_yields_what_is_dead(client, alice, monkeypatch, change):
    pair = people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, APIClient(), pair["refresh"]) as refreshing:
        change(alice, pair)
        admitted.open()
        answer = refreshing.result()

    assert answer.status_code == 200
    refused = people.ask(client, answer.json()["access"])
    codes = {delete: "user_not_found", deactivate: "user_inactive"}
    assert (refused.status_code, refused.json()["code"]) == (
        401,
        codes.get(change, "token_revoked"),
    )


def test_a_rotation_overtaken_by_the_end_of_other_sessions_yields_what_lives(
    client, alice, bob, monkeypatch, rotating
):
    pair, other = people.tokens(client, alice), people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, APIClient(), pair["refresh"]) as refreshing:
        log_out(alice, other)
        revoke(bob, None)
        sessions.end_other_sessions(alice, keep=sid_of(pair), reason="logout")
        admitted.open()
        answer = refreshing.result()

    assert_alive(client, answer.json())


def test_two_rotations_of_one_token_at_once_yield_the_same_successor(
    client, alice, monkeypatch, rotating
):
    pair = people.tokens(client, alice)
    monkeypatch.setattr(lifecycle, "rotate", meeting_before(lifecycle.rotate, 2))

    refreshing = [Thread(people.refresh, APIClient(), pair["refresh"]) for _ in range(2)]

    successors = [forge.read(each.result().json()["refresh"]) for each in refreshing]
    assert successors[0]["jti"] == successors[1]["jti"]
    assert successors[0]["jti"] != forge.read(pair["refresh"])["jti"]


def test_many_rotations_of_one_token_at_once_leave_one_lineage(client, alice, rotating):
    # SQLite has one writer at a time, and would let the last of a hundred wait for too long.
    number = 8 if connection.vendor == "sqlite" else 100
    pair = people.tokens(client, alice)

    refreshing = [Thread(people.refresh, APIClient(), pair["refresh"]) for _ in range(number)]

    answers = [each.result() for each in refreshing]
    assert [each.status_code for each in answers] == [200] * number
    assert len({forge.read(each.json()["refresh"])["jti"] for each in answers}) == 1
    assert TokenSession.objects.get().ended_at is None
    assert_alive(client, answers[-1].json())


def test_a_rotation_overtaken_by_two_others_is_of_a_grandparent(
    client, alice, monkeypatch, rotating
):
    """Only the immediate predecessor has a grace: this one was used by two parties."""
    pair, stopped = people.tokens(client, alice), Gate()
    rotate = lifecycle.rotate

    def stop_and_rotate(*args, **kwargs):
        if not stopped.reached.is_set():
            stopped.stop()
        rotate(*args, **kwargs)

    monkeypatch.setattr(lifecycle, "rotate", stop_and_rotate)

    with stopped_at(stopped, people.refresh, APIClient(), pair["refresh"]) as refreshing:
        child = people.refresh(client, pair["refresh"]).json()
        grandchild = people.refresh(client, child["refresh"]).json()
        assert_alive(client, {**grandchild, "refresh": child["refresh"]})
        stopped.open()
        answer = refreshing.result()

    assert answer.status_code == 401
    assert_revoked(client, grandchild)
    assert TokenSession.objects.get().reason == "refresh_reuse"


def test_a_grace_that_ends_while_the_predecessor_is_rotated_is_over(
    client, alice, monkeypatch, rotating
):
    pair = people.tokens(client, alice)
    child = people.refresh(client, pair["refresh"]).json()
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, APIClient(), pair["refresh"]) as refreshing:
        age_graces(10)
        admitted.open()
        answer = refreshing.result()

    assert answer.status_code == 401
    assert_revoked(client, child)


def test_a_parent_and_its_child_used_at_once_stay_one_lineage(client, alice, rotating):
    pair = people.tokens(client, alice)
    child = people.refresh(client, pair["refresh"]).json()

    threads = [Thread(people.refresh, APIClient(), pair["refresh"]) for _ in range(3)]
    answers = [each.result() for each in threads]

    assert {forge.read(each.json()["refresh"])["jti"] for each in answers} == {
        forge.read(child["refresh"])["jti"]
    }
    assert_alive(client, child)


def test_a_theft_seen_by_many_at_once_is_told_once(client, alice, rotating):
    first = people.tokens(client, alice)
    second = people.refresh(client, first["refresh"]).json()
    third = people.refresh(client, second["refresh"]).json()
    told = []

    with receiving(refresh_token_reused, lambda **kwargs: told.append(kwargs["sid"])):
        threads = [Thread(people.refresh, APIClient(), first["refresh"]) for _ in range(4)]
        answers = [each.result() for each in threads]

    assert [each.status_code for each in answers] == [401] * 4
    assert told == [sid_of(first)]
    assert Revocation.objects.get().reason == "refresh_reuse"
    assert_revoked(client, third)


def test_a_theft_within_a_projects_own_transaction_ends_the_session_with_it(
    client, alice, rotating
):
    """What is rolled back is not recorded; the token is refused all the same, and told of next."""
    first = people.tokens(client, alice)
    second = people.refresh(client, first["refresh"]).json()
    third = people.refresh(client, second["refresh"]).json()

    with transaction.atomic():
        assert people.refresh(client, first["refresh"]).status_code == 401
        transaction.set_rollback(True)
    assert_alive(client, third)

    with transaction.atomic():
        assert people.refresh(client, first["refresh"]).status_code == 401
    assert_revoked(client, third)
