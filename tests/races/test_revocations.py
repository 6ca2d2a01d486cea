"""The races of revocations with each other, with transactions and with clocks."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient
import time_machine

from jwt_invalidation import deletions, revocation
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.signals import tokens_revoked
from jwt_invalidation.state import store
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import people
from tests.support.fates import change_password, change_password_behind_djangos_back
from tests.support.gates import Gate, Thread, meeting_before, receiving, stopped_at
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.racing import locks_rows


def test_two_revocations_at_once_are_both_recorded(client, alice, bob):
    before = TokenState.objects.get(user=alice.pk).token_version
    # In opposite orders, which deadlocks whoever locks the rows as they come.
    users = [[alice.pk, bob.pk], [bob.pk, alice.pk]]

    revoking = [
        Thread(lambda ids: revocation.revoke_users(ids, reason="admin"), ids) for ids in users
    ]

    assert [thread.result() for thread in revoking] == [2, 2]
    versions = list(
        Revocation.objects.filter(subject_id=alice.pk).values_list("version", flat=True)
    )
    assert len(set(versions)) == 2
    assert min(versions) > before
    assert TokenState.objects.get(user=alice.pk).token_version == max(versions)


@locks_rows
def test_a_revocation_locks_its_rows_in_the_order_of_their_keys(alice, bob):
    with CaptureQueriesContext(connection) as queries:
        revocation.revoke_users([bob, alice], reason="admin")

    statements = [each["sql"] for each in queries]
    users, states = [each for each in statements if each.endswith(" UPDATE")]
    changing = next(each for each in statements if each.startswith("UPDATE"))
    assert all("ORDER BY" in each for each in (users, states))
    assert type(alice)._meta.db_table in users
    assert "tokenstate" in states
    assert statements.index(users) < statements.index(states) < statements.index(changing)


def test_two_revocations_of_everyone_at_once_are_both_recorded(client, alice):
    revoking = [Thread(lambda: revocation.revoke_everyone(reason="other")) for _ in range(2)]
    for thread in revoking:
        thread.result()

    versions = list(Revocation.objects.values_list("version", flat=True))
    assert len(set(versions)) == 2
    assert AccessToken.for_user(alice)["token_epoch"] == max(versions)


def test_many_who_see_one_change_bump_the_version_once(client, alice, monkeypatch):
    before = people.tokens(client, alice)
    change_password_behind_djangos_back(alice)
    # All have read the same state before any of them writes.
    together = meeting_before(store.compare_and_set, 6)
    monkeypatch.setattr(store, "compare_and_set", together)

    asking = [Thread(people.ask, APIClient(), before["access"]) for _ in range(6)]

    assert [thread.result().status_code for thread in asking] == [401] * 6
    assert Revocation.objects.count() == 1


def test_a_revocation_that_is_rolled_back_kills_nothing_and_its_version_is_not_used_again(
    client, alice
):
    before = people.tokens(client, alice)
    with pytest.raises(RuntimeError), transaction.atomic():
        revocation.revoke_user(alice, reason="admin")
        undone = TokenState.objects.get(user=alice.pk).token_version
        minted_within = RefreshToken.for_user(alice)
        raise RuntimeError

    assert_alive(client, before)
    revocation.revoke_user(alice, reason="admin")

    assert TokenState.objects.get(user=alice.pk).token_version != undone
    assert people.refresh(client, str(minted_within)).status_code == 401


def test_a_callback_of_another_app_that_raises_does_not_bring_tokens_back(client, alice):
    before = people.tokens(client, alice)

    def fail():
        raise RuntimeError("of another app")

    with pytest.raises(RuntimeError), transaction.atomic():
        transaction.on_commit(fail)
        revocation.revoke_user(alice, reason="admin")

    assert_revoked(client, before)


def test_a_receiver_of_ours_that_raises_stops_neither_the_revocation_nor_the_others(client, alice):
    before = people.tokens(client, alice)
    heard = []

    def fail(**kwargs):
        raise RuntimeError("of another app")

    def hear(scope, **kwargs):
        heard.append(scope)

    with receiving(tokens_revoked, fail, first=True), receiving(tokens_revoked, hear):
        revocation.revoke_user(alice, reason="admin")

    assert heard == ["user"]
    assert_revoked(client, before)


@locks_rows
def test_a_deletion_locks_the_user_before_the_state(alice):
    with CaptureQueriesContext(connection) as queries:
        alice.delete()

    statements = [each["sql"] for each in queries]
    locking = next(each for each in statements if each.endswith(" UPDATE"))
    deleting = next(
        each for each in statements if each.startswith("DELETE") and "tokenstate" in each
    )
    assert type(alice)._meta.db_table in locking
    assert statements.index(locking) < statements.index(deleting)


@locks_rows
def test_of_two_deletions_of_one_user_at_once_one_is_announced(alice, monkeypatch):
    announced = []

    def hear(reason, **kwargs):
        announced.append(reason)

    # Both have collected the user by then, and neither has locked it.
    monkeypatch.setattr(
        deletions, "record_deletions", meeting_before(deletions.record_deletions, 2)
    )
    with receiving(tokens_revoked, hear):
        for thread in [Thread(type(alice).objects.all().delete) for _ in range(2)]:
            thread.result()

    assert announced == ["deleted"]
    assert [entry.reason for entry in Revocation.objects.all()] == ["deleted"]


def test_versions_not_clocks_decide_within_one_second(client, alice):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        before = people.tokens(client, alice)
        revocation.revoke_user(alice, reason="admin")
        after = people.tokens(client, alice)

        assert_revoked(client, before)
        assert_alive(client, after)


def test_a_clock_set_back_never_lowers_a_version(client, alice):
    with time_machine.travel("2040-03-01T12:00:00Z", tick=False):
        revocation.revoke_user(alice, reason="admin")
        high = TokenState.objects.get(user=alice.pk).token_version
    before = people.tokens(client, alice)

    revocation.revoke_user(alice, reason="admin")

    assert TokenState.objects.get(user=alice.pk).token_version > high
    assert_revoked(client, before)


@locks_rows
def test_a_heal_waits_for_the_open_transaction_that_changes_the_same_user(client, alice):
    """One bumps the version within its transaction; the other sees the change only afterwards."""
    before = people.tokens(client, alice)
    gate = Gate()

    def change_in_a_transaction():
        with transaction.atomic():
            change_password(alice)
            gate.stop()

    with stopped_at(gate, change_in_a_transaction) as changing:
        assert people.ask(client, before["access"]).status_code == 200
        gate.open()
        changing.result()

    assert_revoked(client, before)
    assert Revocation.objects.count() == 1
