"""Deleting a user keeps its tokens dead, whoever gets the key next."""

from contextlib import suppress

from django.db import transaction
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation
from tests.support import people
from tests.support.blacklists import all_kinds, is_dead, is_listed, on_record, under_blacklist
from tests.support.pairs import assert_dead, assert_revoked

pytestmark = [*under_blacklist, pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def delete_the_instance(user):
    type(user).objects.get(pk=user.pk).delete()


def delete_a_queryset(user):
    type(user).objects.filter(pk=user.pk).delete()


def make_again(user):
    """Create a user of the same primary key."""
    is_named_by_key = user._meta.pk.name == user.USERNAME_FIELD
    return people.make("alice", **({} if is_named_by_key else {"id": user.id}))


deletions = pytest.mark.parametrize("delete", [delete_the_instance, delete_a_queryset])


@deletions
def test_all_that_the_user_held_is_listed_and_stays_on_record(alice, bob, delete):
    hers, his = all_kinds(alice), all_kinds(bob)

    delete(alice)

    assert [is_listed(token) for token in hers] == [True] * 6
    assert {on_record(token).user_id for token in hers} == {None}
    assert [is_dead(token, bob) for token in his] == [False] * 6


@deletions
def test_the_next_user_of_the_key_cannot_use_them(client, alice, delete):
    hers, pair = all_kinds(alice), people.tokens(client, alice)
    delete(alice)
    assert_dead(client, pair, code="user_not_found")

    successor = make_again(alice)

    assert successor.pk == alice.pk
    assert [is_dead(token, successor) for token in hers] == [True] * 6
    assert_revoked(client, pair)
    assert [is_dead(token, successor) for token in all_kinds(successor)] == [False] * 6


def test_many_users_deleted_at_once_are_each_listed(alice, bob):
    carol = people.make("carol")
    gone, theirs = [*all_kinds(alice), *all_kinds(bob)], all_kinds(carol)

    type(alice).objects.exclude(pk=carol.pk).delete()

    assert [is_listed(token) for token in gone] == [True] * 12
    assert [is_listed(token) for token in theirs] == [False] * 6


def test_a_deletion_that_is_rolled_back_lists_nothing(alice):
    hers = all_kinds(alice)

    with suppress(RuntimeError), transaction.atomic():
        delete_the_instance(alice)
        raise RuntimeError

    assert [is_dead(token, alice) for token in hers] == [False] * 6
    assert {on_record(token).user_id for token in hers} == {alice.pk}


def test_records_of_nobody_are_listed_when_everyone_is_revoked_and_else_left_alone(alice):
    """simplejwt left them when a user was deleted before this strategy was active."""
    hers = all_kinds(alice)
    OutstandingToken.objects.update(user=None)

    revocation.revoke_user(alice, reason="admin")
    assert not BlacklistedToken.objects.exists()
    revocation.revoke_everyone(reason="other")

    assert [is_dead(token, alice) for token in hers] == [True] * 6


def test_a_user_merged_into_another_takes_the_tokens_along(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    OutstandingToken.objects.filter(user=bob).update(user=alice)
    revocation.revoke_user(bob, reason="admin")
    bob_again = people.tokens(client, bob)

    assert_revoked(client, his)
    assert people.ask(client, hers["access"]).status_code == 200
    assert people.ask(client, bob_again["access"]).status_code == 200
