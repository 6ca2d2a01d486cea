"""Refresh, login and logout at once: who comes second is refused, or holds what is dead."""

from datetime import UTC, datetime

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient
import time_machine

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation, sessions
from jwt_invalidation.exceptions import CredentialsChanged, TooManySessions
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.sessions import lifecycle
from jwt_invalidation.signals import refresh_token_reused
from jwt_invalidation.tokens import RefreshToken
from tests.support import fates, forge, people
from tests.support.fates import NEW
from tests.support.gates import (
    Gate,
    Thread,
    hasher_calling,
    meeting_before,
    receiving,
    stopped_at,
    stopping_after,
)
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.racing import locks_rows
from tests.support.sessions import post, sid_of
from tests.support.user_models import needs_is_active


def log_out(user, pair):
    assert post(APIClient(), "logout", {"refresh": pair["refresh"]}).status_code == 204


def end_others(user, pair):
    sessions.end_other_sessions(user, keep="another", reason="logout")


def revoke(user, pair):
    fates.revoke(user)


def change_password(user, pair):
    fates.change_password(user)


def delete(user, pair):
    fates.delete(user)


def deactivate(user, pair):
    fates.deactivate(user)


changes = pytest.mark.parametrize(
    "change",
    [
        log_out,
        end_others,
        revoke,
        change_password,
        delete,
        pytest.param(deactivate, marks=needs_is_active),
    ],
)


@changes
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


@changes
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


@changes
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
    assert successors[0] == successors[1]
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
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False) as clock:
        pair = people.tokens(client, alice)
        child = people.refresh(client, pair["refresh"]).json()
        admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

        with stopped_at(admitted, people.refresh, APIClient(), pair["refresh"]) as refreshing:
            clock.shift(10)
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


def test_two_logouts_at_once_end_the_session_once(client, alice):
    pair = people.tokens(client, alice)

    threads = [Thread(log_out, alice, pair) for _ in range(4)]

    for each in threads:
        each.result()
    assert Revocation.objects.get().identifier == sid_of(pair)


@pytest.mark.parametrize("change", [revoke, change_password, delete])
def test_a_login_overtaken_by_a_revocation_starts_no_session(alice, monkeypatch, change):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, RefreshToken.for_user, alice) as login:
        change(alice, None)
        entitled.open()
        with pytest.raises(CredentialsChanged):
            login.result()

    assert not TokenSession.objects.exists()


def test_a_login_overtaken_by_the_end_of_the_others_is_a_later_one(client, alice, monkeypatch):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, people.tokens, APIClient(), alice) as login:
        end_others(alice, None)
        entitled.open()
        pair = login.result()

    assert_alive(client, pair)


@pytest.mark.parametrize("change", [end_others, revoke, change_password])
def test_an_end_of_all_waits_for_a_login_that_has_begun_and_ends_it(
    client, alice, monkeypatch, change
):
    begun = stopping_after(monkeypatch, lifecycle, "_keep_limit")

    with stopped_at(begun, people.tokens, APIClient(), alice) as login:
        ending = Thread(change, alice, None)
        begun.open()
        pair = login.result()
        ending.result()

    assert TokenSession.objects.get().ended_at is not None
    assert_revoked(client, pair)


@locks_rows  # SQLite refuses either the login or the deletion, as it does in any Django project.
def test_a_deletion_waits_for_a_login_that_has_begun(client, alice, monkeypatch):
    begun = stopping_after(monkeypatch, lifecycle, "_keep_limit")

    with stopped_at(begun, people.tokens, APIClient(), alice) as login:
        deleting = Thread(delete, alice, None)
        begun.open()
        pair = login.result()
        deleting.result()

    assert not TokenSession.objects.exists()
    assert people.ask(client, pair["access"]).json()["code"] == "user_not_found"


@pytest.mark.parametrize(("limit", "number"), [(1, 2), (2, 5)])
@pytest.mark.parametrize("policy", ["evict", "refuse"])
def test_many_logins_at_once_leave_no_session_beyond_the_limit(
    client, alice, settings, policy, limit, number
):
    settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": limit, "SESSION_LIMIT_POLICY": policy}
    mint = meeting_before(RefreshToken.for_user, number)
    threads = [Thread(mint, alice) for _ in range(number)]
    for each in threads:
        each.join()

    assert all(isinstance(each.error, TooManySessions) for each in threads if each.error)
    tokens = [each.value for each in threads if not each.error]
    assert len(tokens) == (number if policy == "evict" else limit)
    assert TokenSession.objects.filter(ended_at=None).count() == limit
    answers = [people.refresh(client, str(token)).status_code for token in tokens]
    assert sorted(answers) == [200] * limit + [401] * (len(tokens) - limit)


def test_a_password_change_does_not_overwrite_one_that_came_between(client, alice):
    """Whoever has the old password and a token must not take back what its owner has just done."""
    pair, gate = people.tokens(client, alice), Gate()
    body = {"old_password": people.PASSWORD, "new_password": "a horse of the thief"}

    def change():
        return post(APIClient(), "password", body, access=pair["access"])

    with hasher_calling(gate.stop), stopped_at(gate, change) as changing:
        fates.change_password(alice)
        gate.open()
        answer = changing.result()

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_changed")
    assert people.login(client, alice, "a horse of the thief").status_code == 401
    assert_alive(client, people.tokens(client, alice, NEW))


@locks_rows
def test_whoever_ends_several_sessions_locks_their_users_first(client, alice, bob):
    sids = [sid_of(people.tokens(client, each)) for each in (bob, alice)]

    with CaptureQueriesContext(connection) as queries:
        assert sessions.end_sessions(sids, reason="admin") == 2

    sent = [each["sql"] for each in queries]
    locked = next(i for i, sql in enumerate(sent) if " UPDATE" in sql[6:] and "ORDER BY" in sql)
    updated = next(i for i, sql in enumerate(sent) if sql.startswith("UPDATE"))
    assert locked < updated


def test_ends_of_the_same_sessions_in_opposite_orders_do_not_wait_in_a_circle(
    client, alice, bob, monkeypatch
):
    monkeypatch.setattr("jwt_invalidation.db.batches.BATCH_SIZE", 1)
    sids = [sid_of(people.tokens(client, each)) for each in (alice, bob) for _ in range(3)]
    end = meeting_before(sessions.end_sessions, 2)

    threads = [
        Thread(lambda order: end(order, reason="admin"), order) for order in (sids, sids[::-1])
    ]

    assert sum(each.result() for each in threads) == 6
    assert Revocation.objects.count() == 6


def test_everything_at_once_ends_in_good_order(client, alice, bob, rotating):
    users = [alice, bob]
    pairs = [people.tokens(client, user) for user in users for _ in range(2)]
    sids = [sid_of(pair) for pair in pairs]
    keys = [user.pk for user in users]

    work = [
        (lambda: revocation.revoke_users(keys, reason="admin"),),
        (lambda: sessions.end_sessions(sids[::-1], reason="admin"),),
        (lambda: revocation.revoke_users(keys[::-1], reason="admin"),),
        *((people.login, APIClient(), user) for user in users),
        *((people.refresh, APIClient(), pair["refresh"]) for pair in pairs),
        *((end_others, user, None) for user in users),
    ]
    threads = [Thread(*each) for each in work]
    answers = [each.result() for each in threads]

    statuses = [each.status_code for each in answers if hasattr(each, "status_code")]
    assert set(statuses) <= {200, 401}
    for pair in pairs:
        assert_revoked(client, pair)
    for user in users:
        assert_alive(client, people.tokens(client, user))


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
