"""`auth_time` says when the user logged in, whatever strategies are active: RFC 9470 needs it."""

import pytest
from rest_framework.permissions import IsAuthenticated

from jwt_invalidation.conf import EXPIRY_STRATEGY, SESSION_STRATEGY, VERSION_STRATEGY
from jwt_invalidation.permissions import RecentlyAuthenticated
from jwt_invalidation.tokens import SlidingToken
from tests.support import forge, legacy, people
from tests.support.views import Me

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[VERSION_STRATEGY, SESSION_STRATEGY, EXPIRY_STRATEGY])
def strategy(request, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [request.param]}
    return request.param


@pytest.fixture
def asks_for_a_recent_login(monkeypatch):
    monkeypatch.setattr(Me, "permission_classes", [IsAuthenticated, RecentlyAuthenticated])


def test_the_step_up_challenge_can_be_met_by_a_login(
    client, alice, strategy, asks_for_a_recent_login
):
    hers = people.tokens(client, alice)

    assert people.ask(client, hers["access"]).status_code == 200


def test_a_refresh_hands_on_the_time_of_the_login(client, alice, strategy, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    hers = people.tokens(client, alice)
    logged_in = forge.read(hers["refresh"])["iat"]

    refreshed = people.refresh(client, hers["refresh"]).json()

    assert {forge.read(each)["auth_time"] for each in refreshed.values()} == {logged_in}


def test_a_sliding_token_says_it_as_well(alice, strategy):
    token = SlidingToken.for_user(alice)

    assert token["auth_time"] == token["iat"]


def test_what_is_made_of_a_token_from_before_says_nothing_of_a_login(
    client, alice, strategy, asks_for_a_recent_login
):
    old = legacy.pair_of(alice)

    answer = people.ask(client, people.refresh(client, old["refresh"]).json()["access"])

    assert answer.status_code == 401
    assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]
