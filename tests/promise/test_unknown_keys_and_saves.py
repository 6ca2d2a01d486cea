"""A process that does not know a record's ``SECRET_KEY`` writes the user: what it sees for certain counts."""

from django.contrib.auth.hashers import make_password
from django.db.models.signals import pre_save
import pytest

from jwt_invalidation.models import Revocation
from jwt_invalidation.reconciliation import reconcile
from tests.support import people
from tests.support.gates import receiving
from tests.support.outages import assert_unavailable
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.secret_keys import NEW, OLD, STRAY, assert_untouched, record_of
from tests.support.sweeping import stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("key", [OLD, STRAY], ids=["outdated", "never seen"]),
]


@pytest.fixture
def his(client, bob_of_new):
    return people.tokens(client, bob_of_new)


def test_a_save_that_changes_no_credentials_bumps_nothing(client, process, bob_of_new, his, key):
    record = record_of(bob_of_new)

    process(key)
    bob_of_new.save()

    process(NEW)
    assert_alive(client, his)
    assert_untouched(bob_of_new, record)


def test_a_password_change_revokes_for_good_and_leaves_the_fingerprint(
    client, process, bob_of_new, his, key
):
    before, fingerprints = people.stored_password(bob_of_new), record_of(bob_of_new)[1:]

    process(key)
    bob_of_new.set_password("another horse")
    bob_of_new.save()

    assert Revocation.objects.get().reason == "password_changed"
    assert record_of(bob_of_new)[1:] == fingerprints
    stored(bob_of_new).update(password=before)
    process(NEW)
    assert_revoked(client, his)
    assert_alive(client, people.tokens(client, bob_of_new))


def test_after_a_password_change_the_user_can_log_in_where_the_key_is_known(
    client, process, bob_of_new, his, key
):
    process(key)
    bob_of_new.set_password("another horse")
    bob_of_new.save()

    process(NEW)

    assert_revoked(client, his)
    assert_alive(client, people.tokens(client, bob_of_new, "another horse"))


def test_a_password_change_is_seen_once(client, process, bob_of_new, his, key):
    process(key)
    bob_of_new.set_password("another horse")
    bob_of_new.save()
    version = record_of(bob_of_new)[0]

    bob_of_new.save()

    assert record_of(bob_of_new)[0] == version


def test_a_hash_that_others_store_during_a_save_is_left_to_them(
    client, process, bob_of_new, his, key
):
    record = record_of(bob_of_new)

    def upgrade(**kwargs):
        stored(bob_of_new).update(password=make_password(people.PASSWORD))

    process(key)
    with receiving(pre_save, upgrade):
        bob_of_new.save(update_fields=["is_active"])

    assert_untouched(bob_of_new, record)


def test_a_password_change_is_recorded_once_though_a_login_takes_the_record_over_meanwhile(
    process, bob_of_new, key
):
    def take_over(**kwargs):
        reconcile(bob_of_new.pk, drop_unknown_key=True)

    process(key)
    bob_of_new.set_password("another horse")
    with receiving(pre_save, take_over):
        bob_of_new.save()

    reasons = Revocation.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["out_of_band", "password_changed"]


@pytest.mark.parametrize("through", ["save", "update"])
def test_a_deactivation_revokes_for_good_and_leaves_the_fingerprint(
    client, process, bob_of_new, his, key, through
):
    fingerprints = record_of(bob_of_new)[1:]

    process(key)
    if through == "save":
        bob_of_new.is_active = False
        bob_of_new.save()
    else:
        stored(bob_of_new).update(is_active=False)
    assert_dead(client, his, code="user_inactive", at_refresh="no_active_account")

    assert Revocation.objects.count() == 1
    assert record_of(bob_of_new)[1:] == fingerprints
    stored(bob_of_new).update(is_active=True)
    process(NEW)
    assert_revoked(client, his)
    assert_alive(client, people.tokens(client, bob_of_new))


def test_no_hash_upgrade_is_stored_where_others_could_not_tell_it_from_a_change(
    client, process, bob_of_new, his, key, upgraded
):
    record, before = record_of(bob_of_new), people.stored_password(bob_of_new)
    upgraded()

    process(key)
    assert bob_of_new.check_password(people.PASSWORD)
    assert not bob_of_new.check_password("another horse")

    assert bob_of_new.password == people.stored_password(bob_of_new) == before
    process(NEW)
    assert_alive(client, his)
    assert_untouched(bob_of_new, record)


def test_a_login_with_an_upgrade_due_is_decided_as_any_other(
    client, process, bob_of_new, his, key, upgraded
):
    before = people.stored_password(bob_of_new)
    upgraded()

    process(key)
    answer = people.login(client, bob_of_new)

    assert people.stored_password(bob_of_new) == before
    if key == OLD:
        assert_unavailable(answer)
        return
    assert_alive(client, answer.json())
    assert_alive(client, people.tokens(client, bob_of_new))
    assert people.stored_password(bob_of_new) != before
