from datetime import UTC, datetime, timedelta

from django.core.management import call_command
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.strategies.blacklist import BlacklistStrategy
from tests.support.contract import StrategyContract
from tests.support.strategies import BLACKLIST, needs_blacklist

pytestmark = [pytest.mark.any_user_model, pytest.mark.with_blacklist]


@needs_blacklist
class TestBlacklistStrategy(StrategyContract):
    strategy_class = BlacklistStrategy
    path = BLACKLIST

    def test_a_token_that_is_listed_is_dead_and_no_other(self, strategy, token, alice):
        other = type(token).for_user(alice)

        BlacklistedToken.objects.create(token=OutstandingToken.objects.get(jti=token["jti"]))

        assert self.is_dead(strategy, token, alice)
        assert self.is_alive(strategy, other, alice)

    def test_a_flush_does_not_revive_it_before_it_expires(self, strategy, token, alice):
        expired = type(token).for_user(alice)
        expired.set_exp(lifetime=timedelta(seconds=1))
        OutstandingToken.objects.filter(jti=expired["jti"]).update(expires_at=datetime.now(UTC))
        revocation.revoke_user(alice, reason="admin")

        with time_machine.travel(datetime.fromtimestamp(token["exp"] - 1, UTC), tick=False):
            call_command("flushexpiredtokens")

        assert [each.jti for each in OutstandingToken.objects.all()] == [token["jti"]]
        assert self.is_dead(strategy, token, alice)

    def test_what_is_on_no_record_was_minted_before_and_is_alive(self, strategy, token, alice):
        OutstandingToken.objects.all().delete()

        revocation.revoke_user(alice, reason="admin")

        assert self.is_alive(strategy, token, alice)
