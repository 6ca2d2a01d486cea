"""Where ``USE_TZ`` is false, simplejwt writes naive times in UTC: nothing is an hour too early or late."""

from datetime import timedelta

import pytest
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.tokens import AccessToken, SlidingToken
from tests.support import people
from tests.support.blacklists import (
    all_kinds,
    flush,
    is_dead,
    is_listed,
    put_on_list,
    under_blacklist,
)

pytestmark = [
    *under_blacklist,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True, params=["Europe/Vienna", "UTC", "America/New_York"])
def without_time_zones(request, settings):
    settings.USE_TZ = False
    settings.TIME_ZONE = request.param


def revoke_her(user):
    revocation.revoke_user(user, reason="admin")


def revoke_everyone(user):
    revocation.revoke_everyone(reason="other")


@pytest.mark.parametrize("revoke", [revoke_her, revoke_everyone])
def test_a_revocation_lists_long_and_short_tokens(alice, revoke):
    tokens = all_kinds(alice)

    revoke(alice)

    assert [is_dead(token, alice) for token in tokens] == [True] * 6
    assert not is_dead(AccessToken.for_user(alice), alice)


def test_an_entry_lasts_until_the_expiry_and_no_longer(alice, clock):
    token = AccessToken.for_user(alice)
    put_on_list(token)

    clock.shift(token.lifetime - SECOND)
    flush()
    assert is_dead(AccessToken(str(token)), alice)
    clock.shift(SECOND)
    flush()

    assert not is_listed(token)


def test_a_token_that_is_extended_keeps_its_entry(alice, clock):
    token = AccessToken.for_user(alice)
    token.set_exp(lifetime=timedelta(days=30))
    revoke_her(alice)

    clock.shift(timedelta(days=30) - SECOND)
    flush()

    assert is_dead(token, alice)
    assert OutstandingToken.objects.count() == 1


@pytest.mark.parametrize(("late", "status"), [(-1, 200), (0, 401), (1800, 401)])
def test_the_renewing_of_a_sliding_token_ends_in_time(client, alice, clock, late, status):
    token = SlidingToken.for_user(alice)
    token.set_exp(lifetime=timedelta(days=3))
    token.set_exp("refresh_exp", lifetime=timedelta(hours=1))

    clock.shift(timedelta(hours=1, seconds=late))
    answer = people.renew(client, token)

    assert answer.status_code == status
