"""The contract of a strategy, written once; each strategy's tests inherit it."""

from contextlib import AbstractContextManager, nullcontext

import pytest
from rest_framework_simplejwt.tokens import Token

from jwt_invalidation import revocation
from jwt_invalidation.conf import conf
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.gate.lookup import find_user
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support.user_models import needs_is_active


def as_loaded(user, token):
    """Return the user as the gate would load her for ``token``."""
    user_id = getattr(user, conf.simplejwt.USER_ID_FIELD)
    return find_user(user_id, token.payload, using="default")


@pytest.mark.django_db(transaction=True)
class StrategyContract:
    """Calls the strategy's own ``check``, so that none lives off another."""

    strategy_class: type[Strategy]
    path: str

    @pytest.fixture(autouse=True)
    def active(self, settings):
        settings.JWT_INVALIDATION = {"STRATEGIES": [self.path]}

    @pytest.fixture
    def strategy(self):
        return self.strategy_class()

    def delay(self) -> AbstractContextManager:
        """Let the time pass that a revoked token may live on: none, unless the strategy says so."""
        return nullcontext()

    def is_dead(self, strategy, token: Token, user) -> bool:
        with self.delay():
            return not self.is_alive(strategy, token, user)

    def is_alive(self, strategy, token: Token, user) -> bool:
        try:
            strategy.check(token, as_loaded(user, token))
        except TokenRevoked:
            return False
        return True

    @pytest.fixture(params=[AccessToken, RefreshToken, SlidingToken])
    def token(self, request, alice):
        return request.param.for_user(alice)

    def test_a_fresh_token_is_alive(self, strategy, token, alice):
        assert self.is_alive(strategy, token, alice)

    def test_what_is_made_of_a_refresh_token_is_alive(self, strategy, alice):
        refresh = RefreshToken.for_user(alice)

        assert self.is_alive(strategy, refresh.access_token, alice)
        assert self.is_alive(strategy, refresh.rotate(), alice)
        assert self.is_alive(strategy, refresh.rotate().access_token, alice)

    def test_revoking_the_user_kills_it(self, strategy, token, alice):
        revocation.revoke_user(alice, reason="admin")

        assert self.is_dead(strategy, token, alice)

    def test_revoking_the_user_kills_what_was_made_of_it(self, strategy, alice):
        refresh = RefreshToken.for_user(alice)
        children = [refresh.access_token, refresh.rotate(), refresh.rotate().access_token]

        revocation.revoke_user(alice, reason="admin")

        assert [self.is_dead(strategy, child, alice) for child in children] == [True] * 3

    def test_revoking_everyone_kills_it(self, strategy, token, alice):
        revocation.revoke_everyone(reason="other")

        assert self.is_dead(strategy, token, alice)

    def test_a_changed_password_kills_it(self, strategy, token, alice):
        alice.set_password("another horse")
        alice.save()

        assert self.is_dead(strategy, token, alice)

    @needs_is_active
    def test_a_deactivation_kills_it_for_good(self, strategy, token, alice):
        alice.is_active = False
        alice.save()
        alice.is_active = True
        alice.save()

        assert self.is_dead(strategy, token, alice)

    def test_revoking_another_user_does_not(self, strategy, token, alice, bob):
        revocation.revoke_user(bob, reason="admin")

        assert self.is_alive(strategy, token, alice)

    def test_a_token_minted_afterwards_is_alive(self, strategy, alice):
        revocation.revoke_user(alice, reason="admin")
        revocation.revoke_everyone(reason="other")

        assert self.is_alive(strategy, AccessToken.for_user(alice), alice)

    def test_a_token_whose_expiry_was_changed_is_alive_until_revoked(self, strategy, token, alice):
        token.set_exp(lifetime=2 * token.lifetime)
        assert self.is_alive(strategy, token, alice)

        revocation.revoke_user(alice, reason="admin")

        assert self.is_dead(strategy, token, alice)

    def test_a_revocation_that_is_rolled_back_kills_nothing(self, strategy, token, alice):
        from django.db import transaction

        with pytest.raises(RuntimeError), transaction.atomic():
            revocation.revoke_user(alice, reason="admin")
            raise RuntimeError

        assert self.is_alive(strategy, token, alice)

    def test_a_check_writes_nothing(self, strategy, token, alice):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        user = as_loaded(alice, token)

        with CaptureQueriesContext(connection) as queries:
            strategy.check(token, user)

        assert len(queries) == 0
