"""The races of tokens with changes, each made to happen in one order."""

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient
import time_machine

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation, state
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.signals import tokens_revoked
from jwt_invalidation.tokens import AccessToken, RefreshToken
from jwt_invalidation.users import is_active_is_stored
from tests import people
from tests.gates import Gate, Thread, hasher_calling, meeting_before, receiving, stopped_at
from tests.pairs import assert_alive, assert_dead, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another horse"
has_is_active = pytest.mark.skipif(
    not is_active_is_stored(),
    reason="this user model has no is_active column",
)
locks_rows = pytest.mark.skipif(
    not connection.features.has_select_for_update,
    reason="SQLite has one writer at a time: whoever comes second waits for the first",
)


def save_new_password(user):
    found = type(user).objects.get(pk=user.pk)
    found.set_password(NEW)
    found.save()


def update_password_behind_our_back(user):
    type(user).objects.filter(pk=user.pk).update(password=make_password(NEW))


changes = pytest.mark.parametrize("change", [save_new_password, update_password_behind_our_back])


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


@has_is_active
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
        stopped_at(gate, save_new_password, alice) as saving,
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
        save_new_password(alice)

    assert not Revocation.objects.exists()
    assert_revoked(client, before)
    assert_alive(client, people.tokens(client, alice, NEW))


def test_a_login_with_the_old_password_just_before_the_update_dies_of_it(client, alice):
    gate = Gate()

    def stop_once(**kwargs):
        if not gate.reached.is_set():
            gate.stop()

    with receiving(pre_save, stop_once), stopped_at(gate, save_new_password, alice) as saving:
        attackers = people.tokens(client, alice)
        assert_alive(client, attackers)
        gate.open()
        saving.result()

    assert_revoked(client, attackers)


def test_two_revocations_at_once_are_both_recorded(client, alice, bob):
    before = TokenState.objects.get(user=alice.pk).token_version
    # In opposite orders, which deadlocks whoever locks the rows as they come.
    users = [[alice.pk, bob.pk], [bob.pk, alice.pk]]

    revoking = [
        Thread(lambda ids: revocation.revoke_users(ids, reason="admin"), ids) for ids in users
    ]

    assert [thread.result() for thread in revoking] == [2, 2]
    versions = list(Revocation.objects.filter(subject=alice.pk).values_list("version", flat=True))
    assert len(set(versions)) == 2
    assert min(versions) > before
    assert TokenState.objects.get(user=alice.pk).token_version == max(versions)


@locks_rows
def test_a_revocation_locks_its_rows_in_the_order_of_their_keys(alice, bob):
    with CaptureQueriesContext(connection) as queries:
        revocation.revoke_users([bob, alice], reason="admin")

    statements = [each["sql"] for each in queries if "tokenstate" in each["sql"]]
    locking = next(each for each in statements if each.startswith("UPDATE") or "FOR UP" in each)
    assert "ORDER BY" in locking
    assert locking.endswith("FOR UPDATE")


def test_two_revocations_of_everyone_at_once_are_both_recorded(client, alice):
    revoking = [Thread(lambda: revocation.revoke_everyone(reason="other")) for _ in range(2)]
    for thread in revoking:
        thread.result()

    versions = list(Revocation.objects.values_list("version", flat=True))
    assert len(set(versions)) == 2
    assert AccessToken.for_user(alice)["token_epoch"] == max(versions)


def test_many_who_see_one_change_raise_the_version_once(client, alice, monkeypatch):
    before = people.tokens(client, alice)
    update_password_behind_our_back(alice)
    # All have read the same state before any of them writes.
    together = meeting_before(state.compare_and_set, 6)
    monkeypatch.setattr(state, "compare_and_set", together)

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


def test_two_first_logins_of_a_user_from_before_make_one_row(client, alice, monkeypatch):
    TokenState.objects.all().delete()
    monkeypatch.setattr(state, "record", meeting_before(state.record, 2))
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


@pytest.mark.django_db(transaction=True, databases=["default", "other"])
def test_a_stale_replica_is_never_asked(client, alice, settings):
    before = people.tokens(client, alice)
    settings.DATABASE_ROUTERS = ["tests.routers.ReadsFromAReplica"]

    # The replica, empty as yet, would know nobody.
    assert people.ask(client, before["access"]).status_code == 200
    assert_alive(client, before)
    alice.set_password(NEW)
    alice.save()

    assert_revoked(client, before)


@pytest.mark.django_db(transaction=True, databases=["default", "other"])
def test_whom_a_queryset_means_is_not_asked_of_a_stale_replica(client, alice, settings):
    before = people.tokens(client, alice)
    settings.DATABASE_ROUTERS = ["tests.routers.ReadsFromAReplica"]

    assert revocation.revoke_users(type(alice).objects.all(), reason="admin") == 1

    assert_revoked(client, before)


@locks_rows
def test_a_deletion_locks_the_user_before_the_state(alice):
    with CaptureQueriesContext(connection) as queries:
        alice.delete()

    locking = [each["sql"] for each in queries if each["sql"].endswith("FOR UPDATE")]
    deleting = [each["sql"] for each in queries if each["sql"].startswith("DELETE")]
    assert type(alice)._meta.db_table in locking[0]
    assert "tokenstate" in deleting[0]


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


@changes
def test_a_refresh_whose_user_changes_before_it_rotates_yields_dead_tokens(
    client, alice, change, monkeypatch
):
    before = people.tokens(client, alice)
    gate = Gate()
    refresh_admitted = the_gate.admit_to_refresh

    def admit_and_stop(token):
        user = refresh_admitted(token)
        gate.stop()
        return user

    monkeypatch.setattr(the_gate, "admit_to_refresh", admit_and_stop)
    with stopped_at(gate, people.refresh, client, before["refresh"]) as refreshing:
        change(alice)
        gate.open()
        child = refreshing.result().json()["access"]

    assert people.ask(client, child).json()["code"] == "token_revoked"


@has_is_active
def test_a_refresh_whose_user_is_deactivated_before_it_rotates_yields_a_dead_token(
    client, alice, monkeypatch
):
    before = people.tokens(client, alice)
    gate = Gate()
    refresh_admitted = the_gate.admit_to_refresh

    def admit_and_stop(token):
        user = refresh_admitted(token)
        gate.stop()
        return user

    monkeypatch.setattr(the_gate, "admit_to_refresh", admit_and_stop)
    with stopped_at(gate, people.refresh, client, before["refresh"]) as refreshing:
        alice.is_active = False
        alice.save()
        gate.open()
        child = refreshing.result().json()["access"]

    assert people.ask(client, child).json()["code"] == "user_inactive"
    alice.is_active = True
    alice.save()
    assert people.ask(client, child).json()["code"] == "token_revoked"


def test_a_user_deleted_between_two_requests_is_not_found(client, alice):
    before = people.tokens(client, alice)

    type(alice)._base_manager.all().delete()

    assert_dead(client, before, code="user_not_found")


@locks_rows
def test_a_heal_waits_for_the_open_transaction_that_changes_the_same_user(client, alice):
    """One raises the version within its transaction; the other sees the change only afterwards."""
    before = people.tokens(client, alice)
    gate = Gate()

    def change_in_a_transaction():
        with transaction.atomic():
            save_new_password(alice)
            gate.stop()

    with stopped_at(gate, change_in_a_transaction) as changing:
        assert_alive(client, before)
        gate.open()
        changing.result()

    assert_revoked(client, before)
    assert Revocation.objects.count() == 1


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
        save_new_password(alice)
        gate.open()
        token = login.result()

    assert people.ask(client, token).json()["code"] == "token_revoked"
