from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.models import TokenUser
import time_machine

from jwt_invalidation import gate
from jwt_invalidation.authentication import JWTStatelessUserAuthentication
from jwt_invalidation.claims import LATEST_DATE
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.strategies.expiry import LONGEST, ExpiryStrategy
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.contract import StrategyContract
from tests.support.strategies import EXPIRY

pytestmark = [pytest.mark.any_user_model, pytest.mark.with_blacklist]


class TestExpiryStrategy(StrategyContract):
    """Judged where it is an endpoint: at the stateless class, and at the refresh it leads to."""

    strategy_class = ExpiryStrategy
    path = EXPIRY

    @pytest.fixture(autouse=True)
    def accepting_sliding_tokens(self, simplejwt_settings):
        simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)

    def delay(self):
        return time_machine.travel(datetime.now(UTC) + LONGEST, tick=False)

    def is_alive(self, strategy, token, user):
        try:
            if isinstance(token, RefreshToken):
                gate.admit_to_refresh(RefreshToken(str(token)))
            else:
                authentication = JWTStatelessUserAuthentication()
                verified = authentication.get_validated_token(str(token))
                assert authentication.get_user(verified).id == token["user_id"]
        except AuthenticationFailed:
            return False
        return True

    def is_dead(self, strategy, token, user):
        if isinstance(token, RefreshToken):
            return not self.is_alive(strategy, token, user)
        return super().is_dead(strategy, token, user)


def judged(token):
    """Return whether the strategy by itself lets the token live."""
    try:
        ExpiryStrategy().check(token, TokenUser(token))
    except TokenRevoked:
        return False
    return True


def lasting(token_class, seconds, issued=1_772_366_400):
    token = token_class()
    token["iat"], token["exp"] = issued, issued + seconds
    return token


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    # Halves are exact in a float.
    issued=st.integers(0, LATEST_DATE // 2).flatmap(lambda n: st.sampled_from([n, n + 0.5])),
    seconds=st.integers(590, 610) | st.integers(-(2**40), 2**36),
)
def test_it_refuses_what_lives_longer_than_ten_minutes_and_nothing_else(issued, seconds):
    token = lasting(AccessToken, seconds, issued)

    assert judged(token) == (seconds <= 600)


@pytest.mark.parametrize("issued", [None, True, "0", [0], float("nan"), float("inf"), -1, 10**20])
def test_it_refuses_what_does_not_say_when_it_was_issued(issued):
    token = lasting(AccessToken, 300)
    token["iat"] = issued
    without = lasting(AccessToken, 300)
    del without["iat"]

    assert not judged(token)
    assert not judged(without)
    assert judged(lasting(AccessToken, 300))


def test_it_leaves_refresh_tokens_alone_which_are_not_for_use():
    assert judged(lasting(RefreshToken, 86_400))
    assert not judged(lasting(AccessToken, 86_400))


@pytest.mark.parametrize("is_for_use", [True, False])
def test_it_judges_sliding_tokens_where_they_are_for_use(simplejwt_settings, is_for_use):
    if is_for_use:
        simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)

    assert judged(lasting(SlidingToken, 86_400)) != is_for_use
    assert judged(lasting(SlidingToken, 600))


@pytest.mark.django_db(transaction=True)
def test_a_long_token_is_refused_at_the_gate_in_the_same_words_and_can_be_replaced(
    client, alice, settings
):
    pair = people.tokens(client, alice)
    long = AccessToken(pair["access"])
    long.set_exp(lifetime=timedelta(hours=1))

    settings.JWT_INVALIDATION = {"STRATEGIES": [TestExpiryStrategy.path]}

    for answer in (people.ask(client, long), people.verify(client, str(long))):
        assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    short = people.refresh(client, pair["refresh"]).json()["access"]
    assert people.ask(client, short).status_code == 200
    assert people.verify(client, short).status_code == 200
