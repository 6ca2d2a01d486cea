"""Proxies, multi-table children and parents: rows 27, 28 and 29 of docs/design/changes.rst."""

from django.conf import settings
from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenState
from tests.support import people
from tests.support.pairs import assert_alive, assert_dead, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

on_stock_users = pytest.mark.skipif(
    settings.AUTH_USER_MODEL != "auth.User", reason="needs relatives of the stock user"
)
on_a_child = pytest.mark.skipif(
    settings.AUTH_USER_MODEL != "users.CustomerAccount", reason="needs a child as user model"
)


def member(name="alice"):
    from tests.support.members.models import Member

    return Member.objects.create_user(name, password=people.PASSWORD)


def colleague(name="alice"):
    from tests.support.members.models import Colleague

    return Colleague.objects.create_user(name, password=people.PASSWORD)


relatives = pytest.mark.parametrize(
    "make", [pytest.param(colleague, id="27-proxy"), pytest.param(member, id="28-child")]
)


@on_stock_users
@relatives
def test_a_relative_whose_password_changes_loses_her_tokens_once(client, make):
    user = make()
    hers = people.tokens(client, user)

    user.set_password("another horse")
    user.save()

    assert_revoked(client, hers)
    assert Revocation.objects.count() == 1
    assert_alive(client, people.tokens(client, user, "another horse"))


@on_stock_users
@relatives
def test_a_relative_can_be_revoked_by_instance_and_by_queryset(client, make, bob):
    user = make()
    hers, his = people.tokens(client, user), people.tokens(client, bob)

    assert revocation.revoke_user(user, reason="admin") == 1
    assert_revoked(client, hers)

    hers = people.tokens(client, user)
    assert revocation.revoke_users(type(user).objects.filter(pk=user.pk), reason="admin") == 1
    assert_revoked(client, hers)
    assert_alive(client, his)


@on_stock_users
@relatives
def test_deleting_a_relative_is_recorded_once(client, make):
    user = make()
    hers = people.tokens(client, user)

    user.delete()

    assert_dead(client, hers, code="user_not_found")
    assert [entry.reason for entry in Revocation.objects.all()] == ["deleted"]
    assert not TokenState.objects.exists()


@on_stock_users
def test_a_child_that_is_deleted_without_its_user_takes_no_token_along(client):
    user = member()
    hers = people.tokens(client, user)

    user.delete(keep_parents=True)

    assert get_user_model().objects.exists()
    assert_alive(client, hers)


@on_a_child
def test_row_29_a_user_saved_through_the_parent_class_loses_her_tokens(client, alice, bob):
    from tests.support.users.models import Account

    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    parent = Account.objects.get(pk=alice.pk)

    parent.set_password("another horse")
    parent.save()

    assert_revoked(client, hers)
    assert_alive(client, his)
    assert Revocation.objects.get().reason == "password_changed"


@on_a_child
def test_row_29_the_parent_class_can_be_revoked_and_deleted(client, alice):
    from tests.support.users.models import Account

    hers = people.tokens(client, alice)
    assert revocation.revoke_users(Account.objects.all(), reason="admin") == 1
    assert_revoked(client, hers)

    hers = people.tokens(client, alice)
    Account.objects.get(pk=alice.pk).delete()

    assert_dead(client, hers, code="user_not_found")
    assert Revocation.objects.filter(reason="deleted").count() == 1


@on_a_child
def test_row_29_a_parent_that_is_no_user_is_left_alone():
    from tests.support.users.models import Account

    lone = Account.objects.create_user("lone", "pw")
    lone.save()
    lone.delete()

    assert not TokenState.objects.exists()
    assert not Revocation.objects.exists()


@on_a_child
def test_the_key_of_a_child_is_a_relation_and_can_be_the_user_id(client, alice, simplejwt_settings):
    simplejwt_settings.USER_ID_FIELD = "pk"
    hers = people.tokens(client, alice)
    assert_alive(client, hers)

    alice.set_password("another horse")
    alice.save()

    assert_revoked(client, hers)
