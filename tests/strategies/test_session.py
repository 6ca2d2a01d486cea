from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.models import TokenSession
from jwt_invalidation.revocation import revoke_token
from jwt_invalidation.sessions import end_other_sessions, end_session
from jwt_invalidation.strategies.session import SessionStrategy
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support.contract import StrategyContract, as_loaded
from tests.support.strategies import SESSION

pytestmark = [pytest.mark.any_user_model, pytest.mark.with_blacklist]

MINTS = [
    RefreshToken.for_user,
    SlidingToken.for_user,
    lambda user: RefreshToken.for_user(user).access_token,
]


class TestSessionStrategy(StrategyContract):
    strategy_class = SessionStrategy
    path = SESSION

    @pytest.fixture(params=MINTS, ids=["refresh", "sliding", "access"])
    def token(self, request, alice):
        return request.param(alice)

    def test_ending_its_session_kills_it_and_no_other(self, strategy, token, alice):
        other = RefreshToken.for_user(alice)

        assert end_session(token["sid"], reason="logout") == 1

        assert self.is_dead(strategy, token, alice)
        assert self.is_alive(strategy, other, alice)
        assert end_session(token["sid"], reason="logout") == 0

    def test_ending_the_others_keeps_it(self, strategy, token, alice, bob):
        other, sidless = RefreshToken.for_user(alice), AccessToken.for_user(alice)
        his = RefreshToken.for_user(bob)

        assert end_other_sessions(alice, keep=token["sid"], reason="logout") == 1

        assert self.is_alive(strategy, token, alice)
        assert self.is_alive(strategy, his, bob)
        assert self.is_dead(strategy, other, alice)
        assert self.is_dead(strategy, sidless, alice)

    def test_a_single_token_can_be_revoked(self, strategy, token, alice):
        sibling = RefreshToken.for_user(alice)

        revoke_token(token, reason="admin")

        assert self.is_dead(strategy, token, alice)
        assert self.is_alive(strategy, sibling, alice)

    @pytest.mark.parametrize("sid", [None, "", 7, "unknown", "x\x00", ["list"], {}, True, "é" * 99])
    def test_an_unknown_session_is_none(self, strategy, token, alice, sid):
        token.payload["sid"] = sid

        assert self.is_dead(strategy, token, alice)

    def test_a_session_of_another_user_is_none(self, strategy, token, alice, bob):
        token.payload["sid"] = RefreshToken.for_user(bob)["sid"]

        assert self.is_dead(strategy, token, alice)

    def test_a_token_without_a_session_is_judged_by_the_version_alone(self, strategy, alice):
        sidless = AccessToken.for_user(alice)

        assert "sid" not in sidless
        assert self.is_alive(strategy, sidless, alice)
        assert not TokenSession.objects.exists()

    def test_a_login_starts_one_session_and_its_successors_none(self, strategy, alice):
        refresh = RefreshToken.for_user(alice)

        successor = refresh.rotate()

        session = TokenSession.objects.get()
        assert session.user == alice
        assert {each["sid"] for each in (refresh, successor, refresh.access_token)} == {session.pk}
        assert (session.previous_jti, session.current_jti) == (refresh["jti"], successor["jti"])

    def test_it_costs_no_query_of_its_own(self, strategy, token, alice):
        with CaptureQueriesContext(connection) as queries:
            strategy.check(token, as_loaded(alice, token))

        assert len(queries) == 1
