"""A deactivation kills tokens; the reactivation revives none, and kills none either."""

from django.contrib.auth import get_user_model
import pytest
import time_machine

from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.tokens import RefreshToken
from tests.support import legacy, people
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.user_models import needs_is_active

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_user_model,
    needs_is_active,
]


def save(user, is_active):
    user.is_active = is_active
    user.save()


def update(user, is_active):
    get_user_model().objects.filter(pk=user.pk).update(is_active=is_active)
    user.is_active = is_active


def pair_for(user):
    """Return a pair that needs no login: Django's own backend refuses inactive users."""
    refresh = RefreshToken.for_user(user)
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


@pytest.fixture
def inactive_users_hold_tokens(simplejwt_settings):
    simplejwt_settings.CHECK_USER_IS_ACTIVE = False


@pytest.mark.parametrize("reactivate", [save, update])
def test_a_reactivation_bumps_nothing_and_what_the_deactivation_killed_stays_dead(
    client, alice, reactivate
):
    before = people.tokens(client, alice)
    save(alice, False)
    deactivated = TokenState.objects.get(user=alice.pk).token_version

    reactivate(alice, True)

    assert_revoked(client, before)
    after = people.tokens(client, alice)
    assert_alive(client, after)
    assert TokenState.objects.get(user=alice.pk).token_version == deactivated
    assert [each.reason for each in Revocation.objects.all()] == ["deactivated"]


def test_off_by_update_and_on_by_save_kills_what_was_before(client, alice):
    before = people.tokens(client, alice)

    update(alice, False)
    save(alice, True)

    assert_revoked(client, before)
    assert_alive(client, people.tokens(client, alice))


def test_off_by_update_that_a_request_has_seen_kills_though_on_again_by_update(client, alice):
    before = people.tokens(client, alice)

    update(alice, False)
    assert people.ask(client, before["access"]).status_code == 401
    update(alice, True)

    assert_revoked(client, before)


def test_off_again_after_a_reactivation_that_only_a_request_has_seen_kills(
    client, alice, inactive_users_hold_tokens
):
    save(alice, False)
    hers = pair_for(alice)
    update(alice, True)
    assert_alive(client, hers)

    update(alice, False)

    assert_revoked(client, hers)


def test_the_first_activation_of_an_account_is_no_revocation(
    client, db, inactive_users_hold_tokens
):
    carol = people.make("carol", is_active=False)
    hers = pair_for(carol)

    save(carol, True)

    assert_alive(client, hers)
    assert not Revocation.objects.exists()


@pytest.mark.parametrize("deactivate", [save, update])
def test_a_deactivation_before_there_was_a_state_row_kills_tokens_of_the_time_before(
    client, alice, deactivate
):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        hers = legacy.pair_of(alice)
        # As before the installation: no receiver has recorded anything.
        update(alice, False)
        legacy.forget_everybody()
        clock.shift(60)
        deactivate(alice, False)

        save(alice, True)

        assert_revoked(client, hers)
        clock.shift(1)
        assert_alive(client, people.tokens(client, alice))


def test_where_inactive_users_hold_tokens_the_first_record_of_one_kills_nothing(
    client, alice, inactive_users_hold_tokens
):
    hers = legacy.pair_of(alice)
    update(alice, False)
    legacy.forget_everybody()

    save(alice, True)

    assert_alive(client, hers)
