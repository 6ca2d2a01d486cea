"""A hash upgrade logs nobody out, and nothing else passes for one."""

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models.signals import pre_save
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.state import rehash
from tests.support import people
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

NEW = "another horse"


def test_row_9_a_login_that_upgrades_the_hash_logs_nobody_out(client, alice, upgraded):
    before = people.tokens(client, alice)
    old = people.stored_password(alice)
    upgraded()

    after = people.tokens(client, alice)

    assert people.stored_password(alice) != old
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
    old = people.stored_password(alice)
    upgraded()

    assert async_to_sync(alice.acheck_password)(people.PASSWORD)

    assert people.stored_password(alice) != old
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
    old = people.stored_password(alice)
    upgraded()

    with pytest.raises(RuntimeError), transaction.atomic():
        assert alice.check_password(people.PASSWORD)
        raise RuntimeError

    assert people.stored_password(alice) == old
    assert_alive(client, before)


def test_a_wrong_password_upgrades_nothing(client, alice, upgraded):
    before = people.tokens(client, alice)
    old = people.stored_password(alice)
    upgraded()

    assert people.login(client, alice, "wrong").status_code == 401

    assert people.stored_password(alice) == old
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


def test_a_login_without_an_upgrade_asks_nothing_of_the_database_twice(client, alice):
    people.tokens(client, alice)

    with CaptureQueriesContext(connection) as queries:
        alice.check_password(people.PASSWORD)

    assert len(queries) == 0


@pytest.mark.parametrize("password", [people.PASSWORD, "wrong"])
def test_acheck_password_without_an_upgrade_leaves_the_shared_thread_alone(
    alice, monkeypatch, password
):
    def never(*args, **kwargs):
        raise AssertionError("hashed where all synchronous code of the request waits")

    monkeypatch.setattr(type(alice), "check_password", never)

    assert async_to_sync(alice.acheck_password)(password) is (password == people.PASSWORD)


@pytest.mark.parametrize("stored", ["", "!unusable", "unknown$hash"])
def test_acheck_password_of_what_no_hasher_knows_is_false(alice, stored):
    alice.password = stored

    assert async_to_sync(alice.acheck_password)(people.PASSWORD) is False


def test_a_model_with_its_own_acheck_password_keeps_it():
    class Own(AbstractBaseUser):
        class Meta:
            abstract = True

        async def acheck_password(self, raw_password):
            return False

    own = Own.acheck_password

    rehash.wrap(Own)

    assert Own.acheck_password is own
    assert Own.check_password is not AbstractBaseUser.check_password
