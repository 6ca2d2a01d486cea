"""On a change or a revocation, all that the user holds is put on simplejwt's blacklist."""

from django.contrib.auth.hashers import make_password
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import reconciliation, revocation
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import changes, forge, harmless, people
from tests.support.blacklists import (
    all_kinds,
    is_dead,
    is_listed,
    on_record,
    put_on_list,
    under_blacklist,
)
from tests.support.endpoints import EVERY, assert_refused, at
from tests.support.user_models import needs_is_active

pytestmark = [*under_blacklist, pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def test_every_token_is_on_record_by_its_jti_and_no_text_is_stored(alice):
    tokens = all_kinds(alice)

    records = [on_record(token) for token in tokens]

    assert OutstandingToken.objects.count() == len(tokens) == 6
    assert {record.user_id for record in records} == {alice.pk}
    assert {record.token for record in records} == {""}
    assert [record.created_at for record in records] == [token.current_time for token in tokens]
    assert not BlacklistedToken.objects.exists()


def test_what_the_site_hands_out_is_on_record(client, alice):
    pair = people.tokens(client, alice)
    child = people.refresh(client, pair["refresh"]).json()["access"]
    credentials = {alice.USERNAME_FIELD: alice.get_username(), "password": people.PASSWORD}
    sliding = client.post("/api/token/sliding/", credentials).json()["token"]

    for token in (pair["refresh"], pair["access"], child, sliding):
        assert on_record(forge.read(token)).user_id == alice.pk
    assert OutstandingToken.objects.count() == 4


def update_the_password_and_ask(user):
    changes.queryset_update(user)
    reconciliation.reconcile(user.pk)


def revoke_her(user):
    revocation.revoke_user(user, reason="admin")


def revoke_a_queryset(user):
    revocation.revoke_users(type(user).objects.filter(pk=user.pk), reason="admin")


@pytest.mark.parametrize(
    "change",
    [
        changes.set_password_and_save,
        changes.set_password_and_asave,
        changes.set_unusable_password_and_save,
        changes.assign_a_hash_and_save_the_field,
        changes.changepassword_of_the_same_password,
        changes.deferred_password_then_set,
        update_the_password_and_ask,
        pytest.param(changes.deactivate_by_save, marks=needs_is_active),
        pytest.param(changes.deactivate_and_reactivate, marks=needs_is_active),
        pytest.param(changes.deactivate_by_update_and_reactivate_by_save, marks=needs_is_active),
        revoke_her,
        revoke_a_queryset,
    ],
)
def test_a_change_lists_all_that_the_user_holds_and_nothing_of_others(alice, bob, change):
    hers, his = all_kinds(alice), all_kinds(bob)

    change(alice)

    assert [is_dead(token, alice) for token in hers] == [True] * 6
    assert [is_listed(token) for token in hers] == [True] * 6
    assert [is_dead(token, bob) for token in his] == [False] * 6
    assert BlacklistedToken.objects.count() == 6


@pytest.mark.parametrize(
    "change",
    [
        harmless.save_unchanged,
        harmless.edit_the_profile,
        harmless.log_in_to_the_site,
        harmless.save_with_an_expression,
        harmless.change_in_a_transaction_that_is_rolled_back,
        harmless.change_in_a_savepoint_that_is_rolled_back,
        harmless.set_and_put_back_within_a_transaction,
    ],
)
def test_what_is_no_change_lists_nothing(alice, change):
    hers = all_kinds(alice)

    change(alice)

    assert [is_dead(token, alice) for token in hers] == [False] * 6
    assert not BlacklistedToken.objects.exists()


def test_a_hash_upgrade_at_login_lists_nothing(client, alice, upgraded):
    hers = all_kinds(alice)
    before = people.stored_password(alice)
    upgraded()

    people.tokens(client, alice)

    assert people.stored_password(alice) != before
    assert [is_dead(token, alice) for token in hers] == [False] * 6


def test_what_is_minted_after_the_change_is_not_listed(client, alice):
    before = RefreshToken.for_user(alice)
    changes.set_password_and_save(alice)

    after = people.tokens(client, alice, changes.NEW)

    assert is_dead(before, alice)
    assert not is_dead(RefreshToken(after["refresh"]), alice)
    assert not is_dead(AccessToken(after["access"]), alice)


def test_a_change_behind_djangos_back_is_listed_at_its_first_sight(client, alice):
    refresh = RefreshToken.for_user(alice)
    access = refresh.access_token
    type(alice).objects.filter(pk=alice.pk).update(password=make_password(changes.NEW))
    assert not BlacklistedToken.objects.exists()

    assert people.ask(client, str(access)).status_code == 401

    assert [is_dead(token, alice) for token in (refresh, access)] == [True, True]


def test_revoking_everyone_lists_everyones(alice, bob):
    tokens = [*all_kinds(alice), *all_kinds(bob)]

    revocation.revoke_everyone(reason="other")

    assert [is_listed(token) for token in tokens] == [True] * 12
    assert not is_dead(AccessToken.for_user(alice), alice)


@at(EVERY)
def test_every_endpoint_refuses_what_is_listed_whatever_its_version(endpoint, alice):
    claims, other = endpoint.claims_of(alice), endpoint.claims_of(alice)
    put_on_list(claims)

    refused, accepted = endpoint.send(forge.sign(claims)), endpoint.send(forge.sign(other))

    assert claims["token_version"] == other["token_version"]
    assert_refused(refused, "token_revoked")
    assert accepted.status_code == 200


@at(EVERY)
def test_a_token_that_is_on_no_record_was_minted_before_and_is_judged_by_its_version(
    endpoint, alice
):
    claims = endpoint.claims_of(alice)
    OutstandingToken.objects.all().delete()

    assert endpoint.send(forge.sign(claims)).status_code == 200
    revocation.revoke_user(alice, reason="admin")
    assert_refused(endpoint.send(forge.sign(claims)), "token_revoked")
