"""Tokens without our claims: installing the app logs nobody out, the first revocation does."""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework_simplejwt import tokens as simplejwt
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.models import TokenState
from jwt_invalidation.tokens import RefreshToken, SlidingToken
from tests.support import forge, legacy, people
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

NEW = "another horse"


@pytest.fixture
def hers(alice):
    """Return a pair of Alice's from the time before the app was installed."""
    with time_machine.travel("2026-03-01T11:59:00Z", tick=False):
        pair = legacy.pair_of(alice)
    legacy.forget_everybody()
    return pair


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


def test_installing_the_app_logs_nobody_out(client, alice, hers):
    assert_alive(client, hers)

    assert TokenState.objects.get(user=alice.pk).not_before is None
    assert_alive(client, hers)


@pytest.mark.parametrize("seen_before", [True, False])
def test_the_first_change_after_installation_kills_them(client, alice, hers, seen_before):
    if seen_before:
        assert_alive(client, hers)

    alice.set_password(NEW)
    alice.save()

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice, NEW))


@pytest.mark.parametrize("seen_before", [True, False])
def test_the_first_revocation_kills_them(client, alice, hers, seen_before):
    if seen_before:
        assert_alive(client, hers)

    assert revocation.revoke_users([alice], reason="admin") == 1

    assert_revoked(client, hers)


def test_revoking_everyone_kills_them(client, alice, hers):
    revocation.revoke_everyone(reason="other")

    assert_revoked(client, hers)
    assert not TokenState.objects.filter(user=alice.pk).exists()


def test_a_change_behind_our_back_kills_them_once_they_have_been_seen(client, alice, hers):
    assert_alive(client, hers)

    type(alice).objects.filter(pk=alice.pk).update(password=make_password(NEW))

    assert_revoked(client, hers)


@pytest.mark.parametrize(("seconds", "status"), [(0, 401), (1, 200)])
@pytest.mark.parametrize("revoke", ["user", "everyone"])
def test_of_those_issued_after_a_revocation_only_a_later_second_lives(
    client, alice, noon, seconds, status, revoke
):
    if revoke == "user":
        revocation.revoke_user(alice, reason="admin")
    else:
        revocation.revoke_everyone(reason="other")
    noon.shift(seconds)

    pair = legacy.pair_of(alice)

    assert people.ask(client, pair["access"]).status_code == status
    assert people.refresh(client, pair["refresh"]).status_code == status


def test_the_later_of_both_bounds_counts(client, alice, noon):
    revocation.revoke_user(alice, reason="admin")
    noon.shift(10)
    between = legacy.pair_of(alice)
    noon.shift(10)
    revocation.revoke_everyone(reason="other")
    noon.shift(10)

    assert_revoked(client, between)
    assert_alive(client, legacy.pair_of(alice))


def test_where_all_are_accepted_those_without_a_time_of_issue_die_of_any_revocation(
    client, alice, noon, settings
):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "accept"}
    token = simplejwt.AccessToken.for_user(alice)
    del token["iat"]
    legacy.forget_everybody()
    assert people.ask(client, str(token)).status_code == 200

    revocation.revoke_user(alice, reason="admin")
    noon.shift(10)

    assert people.ask(client, str(token)).status_code == 401


def test_they_are_refused_when_the_site_says_so(client, alice, hers, settings):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice))


def test_a_new_user_does_not_inherit_those_of_an_earlier_user_of_the_key(client, alice, noon):
    hers = legacy.pair_of(alice)
    key = alice.pk
    alice.delete()
    noon.shift(5)

    again = people.make("alice", pk=key)

    assert again.pk == key
    assert_revoked(client, hers)
    assert_alive(client, legacy.pair_of(again))


def save_again(instance, created, **kwargs):
    if created:
        instance.save()


def mint(sender, instance, created, **kwargs):
    if created and isinstance(instance, get_user_model()):
        RefreshToken.for_user(instance)


@pytest.mark.parametrize("others", [save_again, mint])
def test_a_new_user_whom_another_receiver_saw_first_does_not_inherit_them_either(
    client, alice, noon, others
):
    hers = legacy.pair_of(alice)
    key = alice.pk
    alice.delete()
    noon.shift(5)

    with receiving(post_save, others, first=True):
        again = people.make("alice", pk=key)

    assert again.pk == key
    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, again))


def test_those_that_simplejwt_refused_for_a_changed_password_do_not_come_back(
    client, alice, simplejwt_settings
):
    simplejwt_settings.CHECK_REVOKE_TOKEN = True
    before = legacy.pair_of(alice)
    alice.set_password(NEW)
    alice.save()
    after = legacy.pair_of(alice)
    legacy.forget_everybody()

    assert_revoked(client, before)
    assert_alive(client, after)


def test_a_child_is_stamped_with_what_the_admitting_statement_read(client, alice, hers):
    child = people.refresh(client, hers["refresh"]).json()["access"]
    assert people.ask(client, child).status_code == 200

    revocation.revoke_user(alice, reason="admin")

    assert people.ask(client, child).json()["code"] == "token_revoked"


def test_a_rotated_child_is_stamped_as_well(client, alice, hers, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True

    successor = people.refresh(client, hers["refresh"]).json()["refresh"]

    version = TokenState.objects.get(user=alice.pk).token_version
    assert RefreshToken(successor)["token_version"] == version
    assert RefreshToken(successor)["token_epoch"] == 0


def test_a_renewed_sliding_token_is_stamped(client, alice):
    token = legacy.sliding_of(alice)
    legacy.forget_everybody()

    answer = people.renew(client, token)

    version = TokenState.objects.get(user=alice.pk).token_version
    assert SlidingToken(answer.json()["token"])["token_version"] == version


def test_the_first_sight_costs_one_row_and_the_second_nothing(client, hers):
    with CaptureQueriesContext(connection) as first:
        people.ask(client, hers["access"])
    with CaptureQueriesContext(connection) as second:
        people.ask(client, hers["access"])

    assert sum("INSERT" in query["sql"] for query in first) == 1
    assert len(second) == 1


def test_an_epoch_without_a_version_is_no_token_of_ours_nor_from_before(client, alice):
    access = RefreshToken.for_user(alice).access_token
    del access["token_version"]

    assert people.ask(client, str(access)).json()["code"] == "token_not_valid"


def test_a_version_of_the_projects_own_is_replaced_by_ours_at_the_refresh(client, alice):
    legacy.begin_installation()
    old = simplejwt.RefreshToken.for_user(alice)
    old["token_version"] = 3
    old["jti"] = "urn:example:token:7"
    assert people.ask(client, str(old.access_token)).status_code == 200

    access = people.refresh(client, str(old)).json()["access"]

    version = TokenState.objects.get(user=alice.pk).token_version
    assert forge.read(access)["token_version"] == version
    assert people.ask(client, access).status_code == 200


def test_a_stamped_token_of_a_user_without_a_row_is_refused(client, alice):
    pair = people.tokens(client, alice)
    legacy.forget_everybody()

    assert_revoked(client, pair)
