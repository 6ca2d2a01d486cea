"""The races of a hash upgrade with changes and with another upgrade."""

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models.signals import pre_save
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient

from jwt_invalidation.models import Revocation
from tests.support import people
from tests.support.gates import Gate, Thread, hasher_calling, meeting_before, receiving, stopped_at
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.any_user_model]

NEW = "another horse"


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
    assert people.stored_password(alice) == replacement
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
