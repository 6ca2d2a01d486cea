"""A hash upgrade logs nobody out, and nothing else passes for one."""

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models.signals import pre_save
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient

from jwt_invalidation.models import Revocation, TokenState
from tests import people
from tests.gates import Gate, Thread, hasher_calling, meeting_before, receiving, stopped_at
from tests.hashers import QuickHasher
from tests.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another horse"


@pytest.fixture
def upgraded(monkeypatch):
    """Raise the work factor: whoever logs in from now on gets a new hash."""

    def upgrade(iterations=2_000):
        monkeypatch.setattr(QuickHasher, "iterations", iterations)

    return upgrade


def stored_password(user):
    return type(user).objects.values_list("password", flat=True).get(pk=user.pk)


def test_row_9_a_login_that_upgrades_the_hash_logs_nobody_out(client, alice, upgraded):
    before = people.tokens(client, alice)
    old = stored_password(alice)
    upgraded()

    after = people.tokens(client, alice)

    assert stored_password(alice) != old
    assert_alive(client, before)
    assert_alive(client, after)
    assert not Revocation.objects.exists()


def test_row_9_upgrades_year_after_year_log_nobody_out(client, alice, upgraded):
    pairs = [people.tokens(client, alice)]

    for iterations in range(2_000, 13_000, 1_000):
        upgraded(iterations)
        pairs.append(people.tokens(client, alice))

    for pair in pairs:
        assert_alive(client, pair)
    state = TokenState.objects.get(user=alice.pk)
    assert len(state.rehashed_fingerprints.split()) == 8


def test_row_9_an_upgrade_by_acheck_password_logs_nobody_out(client, alice, upgraded):
    before = people.tokens(client, alice)
    old = stored_password(alice)
    upgraded()

    assert async_to_sync(alice.acheck_password)(people.PASSWORD)

    assert stored_password(alice) != old
    assert_alive(client, before)
    assert not Revocation.objects.exists()


def test_row_9_an_upgrade_inside_a_transaction_of_the_caller_logs_nobody_out(
    client, alice, upgraded
):
    before = people.tokens(client, alice)
    upgraded()

    with transaction.atomic():
        assert alice.check_password(people.PASSWORD)

    assert_alive(client, before)


def test_an_upgrade_that_is_rolled_back_leaves_the_old_hash_and_the_tokens(client, alice, upgraded):
    before = people.tokens(client, alice)
    old = stored_password(alice)
    upgraded()

    with pytest.raises(RuntimeError), transaction.atomic():
        assert alice.check_password(people.PASSWORD)
        raise RuntimeError

    assert stored_password(alice) == old
    assert_alive(client, before)


def test_a_wrong_password_upgrades_nothing(client, alice, upgraded):
    before = people.tokens(client, alice)
    old = stored_password(alice)
    upgraded()

    assert people.login(client, alice, "wrong").status_code == 401

    assert stored_password(alice) == old
    assert_alive(client, before)


def test_row_8_a_hash_assigned_to_another_instance_during_an_upgrade_is_a_change(
    client, alice, bob, upgraded
):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    upgraded()

    def change_bob(instance, **kwargs):
        if instance.pk == alice.pk:
            bob.password = make_password(people.PASSWORD)
            bob.save(update_fields=["password"])

    with receiving(pre_save, change_bob):
        assert alice.check_password(people.PASSWORD)

    assert_alive(client, hers)
    assert_revoked(client, his)


def test_a_hash_of_another_password_stored_by_check_password_itself_is_a_change(
    client, alice, upgraded
):
    hers = people.tokens(client, alice)
    upgraded()

    def swap(instance, **kwargs):
        instance.password = make_password(NEW)

    with receiving(pre_save, swap, first=True):
        assert alice.check_password(people.PASSWORD)

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice, NEW))


def test_set_password_of_the_same_password_within_a_login_is_a_change(client, alice, upgraded):
    hers = people.tokens(client, alice)
    upgraded()

    def announce(instance, **kwargs):
        instance._password = people.PASSWORD

    with receiving(pre_save, announce, first=True):
        assert alice.check_password(people.PASSWORD)

    assert_revoked(client, hers)


def test_a_change_behind_our_back_is_not_covered_by_the_upgrade_that_follows(
    client, alice, upgraded
):
    before = people.tokens(client, alice)
    get_user_model().objects.filter(pk=alice.pk).update(password=make_password(NEW))
    upgraded()

    after = people.tokens(client, alice, NEW)

    assert_revoked(client, before)
    assert_alive(client, after)
    assert Revocation.objects.get().reason == "out_of_band"


def test_a_real_change_forgets_the_rehashes(client, alice, upgraded):
    upgraded()
    people.tokens(client, alice)
    assert TokenState.objects.get(user=alice.pk).rehashed_fingerprints

    alice.refresh_from_db()
    alice.set_password(NEW)
    alice.save()

    assert TokenState.objects.get(user=alice.pk).rehashed_fingerprints == ""


def test_race_hash_upgrade_versus_change_the_change_first(client, alice, upgraded):
    """The login verified the old password, which is replaced before the upgrade is stored."""
    before = people.tokens(client, alice)
    upgraded()
    gate = Gate()

    with hasher_calling(gate.stop), stopped_at(gate, people.login, client, alice) as login:
        type(alice).objects.filter(pk=alice.pk).update(password=make_password(NEW))
        gate.open()
        assert login.result().status_code == 401

    assert_revoked(client, before)
    assert people.login(client, alice).status_code == 401
    assert_alive(client, people.tokens(client, alice, NEW))


def test_race_hash_upgrade_versus_change_the_upgrade_first(client, alice, upgraded):
    """The change comes between the proof and the UPDATE: it waits for the row, and wins."""
    before = people.tokens(client, alice)
    upgraded()
    gate = Gate()

    def change():
        other = type(alice).objects.get(pk=alice.pk)
        other.set_password(NEW)
        other.save()

    def stop(instance, **kwargs):
        if not gate.reached.is_set():
            gate.stop()

    with receiving(pre_save, stop), stopped_at(gate, people.login, client, alice) as login:
        changing = Thread(change)
        gate.open()
        login.result()
        changing.result()

    assert_revoked(client, before)
    assert people.login(client, alice).status_code == 401
    assert_alive(client, people.tokens(client, alice, NEW))


def test_race_hash_upgrade_versus_change_between_the_proof_and_the_lock(client, alice, upgraded):
    """The login's own verification and both of the proof are done; the old hash is not locked yet."""
    before = people.tokens(client, alice)
    upgraded()
    replacement, verified = make_password(NEW), []

    def change_after_the_third():
        verified.append(True)
        if len(verified) == 3:
            type(alice).objects.filter(pk=alice.pk).update(password=replacement)

    with hasher_calling(change_after_the_third):
        answer = people.login(client, alice)

    assert answer.status_code == 401
    assert stored_password(alice) == replacement
    assert_revoked(client, before)


def test_race_hash_upgrade_versus_change_while_the_lock_is_taken(client, alice, upgraded):
    """Of a multi-table child Django would read which rows to lock, and not look at them again."""
    upgraded()

    with CaptureQueriesContext(connection) as queries:
        people.tokens(client, alice)

    locks = [each["sql"] for each in queries if '"password" = "' in each["sql"].replace("`", '"')]
    (lock,) = [sql for sql in locks if sql.startswith("UPDATE")]
    assert "WHERE" in lock
    assert "pbkdf2_sha256$1000$" in lock


def test_race_two_upgrades_of_one_hash_log_nobody_out(client, alice, upgraded):
    before = people.tokens(client, alice)
    upgraded()

    # Each login verifies the old hash once before it proves anything.
    with hasher_calling(meeting_before(lambda: None, 2)):
        logins = [Thread(people.login, APIClient(), alice) for _ in range(2)]
        pairs = [login.result().json() for login in logins]

    for pair in [before, *pairs]:
        assert_alive(client, pair)
    assert not Revocation.objects.exists()


def test_a_login_without_an_upgrade_asks_nothing_of_the_database_twice(client, alice):
    people.tokens(client, alice)

    with CaptureQueriesContext(connection) as queries:
        alice.check_password(people.PASSWORD)

    assert len(queries) == 0
