import pytest

from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.strategies.version import VersionStrategy
from jwt_invalidation.tokens import AccessToken
from tests.support.contract import StrategyContract, as_loaded
from tests.support.strategies import VERSION

pytestmark = [pytest.mark.any_user_model, pytest.mark.with_blacklist]


class TestVersionStrategy(StrategyContract):
    strategy_class = VersionStrategy
    path = VERSION

    @pytest.mark.parametrize("claim", ["token_version", "token_epoch"])
    @pytest.mark.parametrize("off", [1, -1])
    def test_a_larger_version_is_as_dead_as_a_smaller_one(self, strategy, alice, claim, off):
        token = AccessToken.for_user(alice)
        token.payload[claim] += off

        assert self.is_dead(strategy, token, alice)

    @pytest.mark.parametrize("claim", ["token_version", "token_epoch"])
    def test_what_equals_the_version_without_being_an_integer_is_none(self, strategy, alice, claim):
        token = AccessToken.for_user(alice)
        token.payload[claim] = float(token[claim])

        with pytest.raises(TokenRevoked):
            strategy.check(token, as_loaded(alice, token))
