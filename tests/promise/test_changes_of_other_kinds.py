"""The rows of docs/design/changes.rst about user models, tests' transactions, groups, keys and merges."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.users import is_active_is_stored
from tests.support import legacy, people
from tests.support.pairs import assert_alive, assert_dead, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


@pytest.mark.skipif(is_active_is_stored(), reason="this user model has the column")
def test_row_30_a_user_model_without_is_active_is_always_active(client, alice):
    hers = people.tokens(client, alice)

    alice.is_active = False
    alice.save()

    assert_alive(client, hers)


@pytest.mark.skipif(is_active_is_stored(), reason="this user model has the column")
def test_row_31_is_active_as_a_property_is_evaluated_at_each_check(client, alice, monkeypatch):
    monkeypatch.setattr(type(alice), "is_active", property(lambda user: not user.is_staff))
    hers = people.tokens(client, alice)

    alice.is_staff = True
    alice.save()

    assert_dead(client, hers, code="user_inactive", at_refresh="no_active_account")


def test_row_32_a_key_known_before_the_first_save_is_a_new_user_all_the_same(client, alice):
    key = alice.pk
    alice.delete()

    again = people.make("alice", pk=key)

    assert TokenState.objects.get(user=again.pk).not_before is not None
    assert_alive(client, people.tokens(client, again))


@pytest.mark.skipif(
    get_user_model()._meta.pk.get_internal_type() != "CharField", reason="keys are not names"
)
def test_row_33_a_changed_primary_key_is_a_new_user_and_the_old_one_stays(client, alice):
    hers = people.tokens(client, alice)

    alice.pk = "moved@example.com"
    alice.save()

    assert get_user_model().objects.count() == 2
    assert_alive(client, hers)
    get_user_model().objects.get(pk="alice@example.com").delete()
    assert_dead(client, hers, code="user_not_found")


def test_row_40_an_error_caught_inside_a_transaction_leaves_the_state_right(client, alice):
    hers = people.tokens(client, alice)

    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic():
            TokenState.objects.create(user=alice, token_version=1)
        alice.set_password("another horse")
        alice.save()

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice, "another horse"))


@pytest.mark.django_db(transaction=False)
def test_row_42_inside_the_transaction_of_a_test_case_a_revocation_is_seen_at_once(client, alice):
    """A project's own tests: nothing waits for a commit that never comes."""
    assert connection.in_atomic_block
    hers = people.tokens(client, alice)
    type(alice).objects.filter(pk=alice.pk).update(password="changed")
    assert_revoked(client, hers)

    alice.set_password("another horse")
    alice.save()
    after = people.tokens(client, alice, "another horse")
    assert_alive(client, after)
    revocation.revoke_everyone(reason="other")

    assert_revoked(client, after)


def test_row_44_groups_are_in_no_claim_and_a_project_that_wants_to_revokes(client, alice):
    hers = people.tokens(client, alice)
    group = Group.objects.create(name="staff")
    if hasattr(alice, "groups"):
        alice.groups.add(group)
    assert_alive(client, hers)

    revocation.revoke_user(alice, reason="other", note="groups")

    assert_revoked(client, hers)


def test_row_48_a_merge_kills_the_tokens_of_the_one_and_leaves_the_survivors(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    Revocation.objects.filter(subject_id=bob.pk).update(subject_id=alice.pk)

    bob.delete()

    assert_dead(client, his, code="user_not_found")
    assert_alive(client, hers)


def test_row_18_users_that_other_programs_insert_are_recorded_at_their_first_login(client, alice):
    legacy.forget_everybody()

    hers = people.tokens(client, alice)

    assert TokenState.objects.get().user_id == alice.pk
    assert_alive(client, hers)
