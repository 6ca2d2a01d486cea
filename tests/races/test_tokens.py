"""The races of a token in use with what changes meanwhile."""

import pytest

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation
from tests.support import people
from tests.support.fates import NEW, change_password_behind_djangos_back
from tests.support.gates import stopped_at, stopping_after
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.user_models import needs_is_active


@pytest.mark.django_db(transaction=True, databases=["default", "other"])
def test_a_stale_replica_is_never_asked(client, alice, settings):
    before = people.tokens(client, alice)
    settings.DATABASE_ROUTERS = ["tests.support.routers.ReadsFromAReplica"]

    # The replica, empty as yet, would know nobody.
    assert people.ask(client, before["access"]).status_code == 200
    assert_alive(client, before)
    alice.set_password(NEW)
    alice.save()

    assert_revoked(client, before)


@pytest.mark.django_db(transaction=True, databases=["default", "other"])
def test_whom_a_queryset_means_is_not_asked_of_a_stale_replica(client, alice, settings):
    before = people.tokens(client, alice)
    settings.DATABASE_ROUTERS = ["tests.support.routers.ReadsFromAReplica"]

    assert revocation.revoke_users(type(alice).objects.all(), reason="admin") == 1

    assert_revoked(client, before)


def test_a_refresh_whose_user_changes_behind_djangos_back_before_it_rotates_yields_a_dead_token(
    client, alice, monkeypatch
):
    before = people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, client, before["refresh"]) as refreshing:
        change_password_behind_djangos_back(alice)
        admitted.open()
        child = refreshing.result().json()["access"]

    assert people.ask(client, child).json()["code"] == "token_revoked"


@needs_is_active
def test_a_refresh_whose_user_is_deactivated_before_it_rotates_yields_a_dead_token(
    client, alice, monkeypatch
):
    before = people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, client, before["refresh"]) as refreshing:
        alice.is_active = False
        alice.save()
        admitted.open()
        child = refreshing.result().json()["access"]

    assert people.ask(client, child).json()["code"] == "user_inactive"
    alice.is_active = True
    alice.save()
    assert people.ask(client, child).json()["code"] == "token_revoked"


def test_a_user_deleted_between_two_requests_is_not_found(client, alice):
    before = people.tokens(client, alice)

    type(alice)._base_manager.all().delete()

    assert_dead(client, before, code="user_not_found")
