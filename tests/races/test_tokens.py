"""The races of a token in use with what changes meanwhile."""

import pytest

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation
from tests.support import people
from tests.support.fates import NEW
from tests.support.gates import Gate, stopped_at
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.racing import changes
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


@pytest.fixture
def admitted(monkeypatch):
    """Stop each refresh between its admission and the minting of what it yields."""
    gate = Gate()
    admit = the_gate.admit_to_refresh

    def admit_and_stop(token):
        user = admit(token)
        gate.stop()
        return user

    monkeypatch.setattr(the_gate, "admit_to_refresh", admit_and_stop)
    return gate


@changes
def test_a_refresh_whose_user_changes_before_it_rotates_yields_dead_tokens(
    client, alice, change, admitted
):
    before = people.tokens(client, alice)

    with stopped_at(admitted, people.refresh, client, before["refresh"]) as refreshing:
        change(alice)
        admitted.open()
        child = refreshing.result().json()["access"]

    assert people.ask(client, child).json()["code"] == "token_revoked"


@needs_is_active
def test_a_refresh_whose_user_is_deactivated_before_it_rotates_yields_a_dead_token(
    client, alice, admitted
):
    before = people.tokens(client, alice)

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
