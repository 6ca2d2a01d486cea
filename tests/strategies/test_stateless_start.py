"""Beside which strategies the stateless class starts: only such as need no database."""

from django.core.exceptions import ImproperlyConfigured
import pytest

from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.tokens import AccessToken
from tests.support.stateless import browse, browse_without_queries
from tests.support.strategies import BLACKLIST, EXPIRY, VERSION

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.settings.urls_with_stateless"),
]


class NoBots(Strategy):
    """A project's own, which needs the token alone."""

    is_stateless = True

    def check(self, token, user):
        if token.get("bot"):
            raise TokenRevoked()


class AsksTheDatabase(Strategy):
    """A project's own, which does not."""


def dotted(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


@pytest.mark.parametrize(
    ("strategies", "culprit"),
    [
        ([VERSION], "VersionStrategy"),
        ([VERSION, EXPIRY], "VersionStrategy"),
        ([EXPIRY, VERSION], "VersionStrategy"),
        ([BLACKLIST], "BlacklistStrategy"),
        ([EXPIRY, BLACKLIST], "BlacklistStrategy"),
        ([EXPIRY, dotted(AsksTheDatabase)], "AsksTheDatabase"),
        ([VERSION, BLACKLIST], "VersionStrategy, BlacklistStrategy"),
        ([], "nothing"),
    ],
    ids=str,
)
def test_beside_a_strategy_that_needs_the_database_it_does_not_start(
    client, alice, settings, strategies, culprit
):
    token = AccessToken.for_user(alice)
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}

    with pytest.raises(ImproperlyConfigured) as raised:
        browse(token, client)

    assert f"lists {culprit}" in str(raised.value)
    assert f'List "{EXPIRY}" alone, or authenticate by JWTAuthentication.' in str(raised.value)


def test_it_does_not_start_with_the_default_settings(client, alice, settings):
    del settings.JWT_INVALIDATION

    with pytest.raises(ImproperlyConfigured, match="lists VersionStrategy"):
        browse(AccessToken.for_user(alice), client)


@pytest.mark.parametrize(
    "strategies",
    [[EXPIRY], [EXPIRY, dotted(NoBots)], [dotted(NoBots), EXPIRY], [dotted(NoBots)]],
    ids=str,
)
def test_beside_strategies_that_need_no_database_it_asks_them_all(alice, settings, strategies):
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}
    human, bot = AccessToken.for_user(alice), AccessToken.for_user(alice)
    bot["bot"] = True

    let_in, asked = browse_without_queries(str(human)), browse_without_queries(str(bot))

    assert let_in.status_code == 200
    assert asked.status_code == (401 if dotted(NoBots) in strategies else 200)
