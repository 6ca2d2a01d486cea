"""Routers that answer by request: users are public, and the request is a tenant's."""

import pytest

from jwt_invalidation.models import Revocation
from tests.support import people
from tests.support.changes import deactivate_and_reactivate, set_password_and_save
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.routers import PerSchema
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


@pytest.fixture(autouse=True)
def in_the_schema_of_a_tenant(settings, monkeypatch):
    settings.DATABASE_ROUTERS = ["tests.support.routers.PerSchema"]
    monkeypatch.setattr(PerSchema, "current", "tenant")


def test_a_change_of_the_password_is_recorded_at_once(client, alice):
    hers = people.tokens(client, alice)

    set_password_and_save(alice)

    assert [each.reason for each in Revocation.objects.all()] == ["password_changed"]
    assert_revoked(client, hers)


@needs_is_active
def test_a_reactivation_brings_no_token_back(client, alice):
    hers = people.tokens(client, alice)

    deactivate_and_reactivate(alice)

    assert_revoked(client, hers)


def test_a_hash_upgrade_logs_nobody_out(client, alice, upgraded):
    hers = people.tokens(client, alice)
    upgraded()

    after = people.tokens(client, alice)

    assert_alive(client, hers)
    assert_alive(client, after)


def test_a_deletion_is_recorded(alice):
    alice.delete()

    assert [each.reason for each in Revocation.objects.all()] == ["deleted"]
