"""The races of a login with what changes meanwhile."""

from django.contrib.auth import user_logged_in
from django.db import OperationalError, connection, transaction
from django.db.models.signals import post_save, pre_save
import pytest
from rest_framework.test import APIClient

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenSession, TokenState
from jwt_invalidation.signals import session_started
from jwt_invalidation.state import deadlocks, store
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import people
from tests.support.fates import NEW, change_password
from tests.support.gates import Gate, Thread, hasher_calling, meeting_before, receiving, stopped_at
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.racing import changes
from tests.support.user_models import needs_is_active


@changes
def test_a_login_whose_password_changes_after_it_was_verified_yields_no_token(
    client, alice, change
):
    gate = Gate()

    with hasher_calling(gate.stop), stopped_at(gate, people.login, client, alice) as login:
        # make_password does not verify, so the change passes the gate.
        change(alice)
        gate.open()
        answer = login.result()

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_changed")
    assert_alive(APIClient(), people.tokens(client, alice, NEW))


@needs_is_active
def test_a_login_whose_user_is_deactivated_meanwhile_yields_no_token(client, alice):
    gate = Gate()

    with hasher_calling(gate.stop), stopped_at(gate, people.login, client, alice) as login:
        type(alice).objects.filter(pk=alice.pk).update(is_active=False)
        gate.open()
        answer = login.result()

    assert answer.status_code == 401
    type(alice).objects.filter(pk=alice.pk).update(is_active=True)
    assert_alive(client, people.tokens(client, alice))


def test_a_login_whose_user_is_deleted_meanwhile_yields_no_token(client, alice):
    gate = Gate()

    with hasher_calling(gate.stop), stopped_at(gate, people.login, client, alice) as login:
        type(alice).objects.filter(pk=alice.pk).delete()
        gate.open()
        answer = login.result()

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_changed")


def test_a_login_while_everyone_is_revoked_comes_after_it(client, alice):
    before = people.tokens(client, alice)
    gate = Gate()

    with hasher_calling(gate.stop), stopped_at(gate, people.login, client, alice) as login:
        revocation.revoke_everyone(reason="other")
        gate.open()
        pair = login.result().json()

    assert_revoked(client, before)
    assert_alive(client, pair)


def test_between_the_update_and_the_signal_the_old_token_is_dead_and_a_new_login_lives(
    client, alice
):
    before = people.tokens(client, alice)
    gate = Gate()

    def stop_once(**kwargs):
        if not gate.reached.is_set():
            gate.stop()

    with (
        receiving(post_save, stop_once, first=True),
        stopped_at(gate, change_password, alice) as saving,
    ):
        assert_revoked(client, before)
        after = people.tokens(client, alice, NEW)
        assert_alive(client, after)
        gate.open()
        saving.result()

    assert_alive(client, after)
    assert Revocation.objects.count() == 1


def test_a_worker_killed_between_the_update_and_the_signal_leaves_no_token_alive(client, alice):
    before = people.tokens(client, alice)

    def die(**kwargs):
        raise SystemExit

    with receiving(post_save, die, first=True), pytest.raises(SystemExit):
        change_password(alice)

    assert not Revocation.objects.exists()
    assert_revoked(client, before)
    assert_alive(client, people.tokens(client, alice, NEW))


def test_a_login_with_the_old_password_just_before_the_update_dies_of_it(client, alice):
    gate = Gate()

    def stop_once(**kwargs):
        if not gate.reached.is_set():
            gate.stop()

    with receiving(pre_save, stop_once), stopped_at(gate, change_password, alice) as saving:
        attackers = people.tokens(client, alice)
        assert_alive(client, attackers)
        gate.open()
        saving.result()

    assert_revoked(client, attackers)


def test_two_first_logins_of_a_user_from_before_make_one_row(client, alice, monkeypatch):
    TokenState.objects.all().delete()
    monkeypatch.setattr(store, "record", meeting_before(store.record, 2))
    logins = [Thread(people.login, APIClient(), alice) for _ in range(2)]

    pairs = [thread.result().json() for thread in logins]

    assert TokenState.objects.count() == 1
    for pair in pairs:
        assert_alive(client, pair)


def test_the_first_sight_of_a_user_does_not_break_the_transaction_it_happens_in(alice):
    TokenState.objects.all().delete()

    with transaction.atomic():
        RefreshToken.for_user(alice)
        assert TokenState.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL's isolation levels")
def test_a_login_in_a_transaction_with_an_old_snapshot_yields_no_live_token(client, alice):
    """REPEATABLE READ: the mint cannot see the change, so its token is dead on arrival."""
    gate = Gate()

    def login_in_an_old_snapshot():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            user = type(alice).objects.get(pk=alice.pk)
            gate.stop()
            return str(AccessToken.for_user(user))

    with stopped_at(gate, login_in_an_old_snapshot) as login:
        change_password(alice)
        gate.open()
        token = login.result()

    assert people.ask(client, token).json()["code"] == "token_revoked"


def test_a_login_that_was_the_victim_of_a_deadlock_is_written_once(client, alice):
    raised, told = [], []

    def fail_once(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "tokensession" in sql and not raised:
            raised.append(sql)
            raise OperationalError(deadlocks.ERRNO, "Deadlock found")
        return execute(sql, params, many, context)

    with (
        connection.execute_wrapper(fail_once),
        receiving(session_started, lambda **kwargs: told.append("started")),
        receiving(user_logged_in, lambda **kwargs: told.append("logged in")),
    ):
        pair = people.tokens(client, alice)

    assert told == ["started", "logged in"]
    assert TokenSession.objects.count() == 1
    assert_alive(client, pair)
