"""What the report says of strategies, lifetimes and tokens without a version."""

from datetime import timedelta

from django.urls import path
import pytest

from jwt_invalidation import serializers, views
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.strategies.expiry import ExpiryStrategy
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support.reporting import BLACKLIST, EXPIRY, VERSION, report, text

pytestmark = pytest.mark.django_db

HERE = __name__


class Suspended(Strategy):
    """A docstring for developers, which nobody prints."""

    description = "A token is dead when its tenant is suspended."


class Undescribed(Strategy):
    """A docstring for developers, which nobody prints."""


class Patient(ExpiryStrategy):
    pass


class LongAccessToken(AccessToken):
    lifetime = timedelta(hours=1, seconds=1)


class LongRefreshToken(RefreshToken):
    lifetime = timedelta(days=30)
    access_token_class = LongAccessToken


class LongLogin(serializers.TokenObtainPairSerializer):
    token_class = LongRefreshToken


class WithoutTokens(serializers.TokenObtainPairSerializer):
    token_class = None


def strategies(settings, *paths):
    settings.JWT_INVALIDATION = {"STRATEGIES": list(paths)}
    return {each["name"]: each["says"] for each in report()["strategies"]}


def lifetimes(settings, **simple_jwt):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, **simple_jwt}
    return report()["lifetimes"]


def test_our_strategies_say_when_a_token_is_dead(settings):
    says = strategies(settings, BLACKLIST, EXPIRY)

    assert list(says) == ["VersionStrategy", "BlacklistStrategy", "ExpiryStrategy"]
    for each in says.values():
        assert each.startswith("A token is dead when")
        assert "`" not in each
    assert "BlacklistStrategy: A token is dead when simplejwt's blacklist has its jti" in text()
    assert report()["strategies"][1]["path"] == BLACKLIST


def test_a_strategy_that_is_not_active_is_not_named(settings):
    assert list(strategies(settings, VERSION)) == ["VersionStrategy"]
    assert "ExpiryStrategy" not in text()


def test_a_projects_own_strategy_says_its_description(settings):
    says = strategies(settings, f"{HERE}.Suspended", f"{HERE}.Undescribed", f"{HERE}.Patient")

    assert says["Suspended"] == "A token is dead when its tenant is suspended."
    assert says["Undescribed"] == "A strategy of this project."
    assert says["Patient"].startswith("A token is dead when it would live too long")


def test_tokens_that_are_made_and_taken_have_their_lifetimes_told(settings):
    found = lifetimes(settings, LEEWAY=10)

    assert found == {"access": 300, "refresh": 86_400}
    assert "Lifetimes access 5 minutes, refresh 1 day, leeway 10 seconds" in text()
    assert report()["leeway"] == 10


@pytest.mark.parametrize(
    ("leeway", "seconds", "words"),
    [
        (None, 0, "none"),
        (0.25, 0.25, "250 milliseconds"),
        (timedelta(seconds=90), 90, "1 minute 30 seconds"),
    ],
)
def test_a_leeway_may_be_of_any_kind(settings, leeway, seconds, words):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": leeway}

    assert report()["leeway"] == seconds
    assert f"leeway {words} Delay" in text()


def test_sliding_tokens_are_told_where_they_are_taken(settings):
    sliding = ["rest_framework_simplejwt.tokens.SlidingToken"]

    found = lifetimes(settings, AUTH_TOKEN_CLASSES=sliding)

    assert found == {"sliding": 300, "sliding_refresh": 86_400, "refresh": 86_400, "access": 300}


@pytest.mark.parametrize("is_by_setting", [True, False])
def test_of_classes_that_share_a_type_the_longest_lifetime_is_told(settings, is_by_setting):
    if is_by_setting:
        settings.SIMPLE_JWT = {
            **settings.SIMPLE_JWT,
            "TOKEN_OBTAIN_SERIALIZER": f"{HERE}.LongLogin",
        }
    else:
        view = views.TokenObtainPairView.as_view(serializer_class=LongLogin)
        settings.ROOT_URLCONF = (path("login/", view),)

    found = report()["lifetimes"]

    assert found == {"access": 3_601, "refresh": 30 * 86_400}
    assert "access 1 hour 1 second, refresh 30 days" in text()


def test_sliding_tokens_are_told_where_a_view_makes_them(settings):
    serializer = serializers.TokenObtainSlidingSerializer
    view = views.TokenObtainSlidingView.as_view(serializer_class=serializer)
    settings.ROOT_URLCONF = (path("login/", view),)

    assert set(report()["lifetimes"]) == {"access", "refresh", "sliding", "sliding_refresh"}


@pytest.mark.parametrize("name", ["Missing", "WithoutTokens"])
def test_a_serializer_that_makes_no_tokens_has_no_lifetime(settings, name):
    assert lifetimes(settings, TOKEN_OBTAIN_SERIALIZER=f"{HERE}.{name}") == {
        "access": 300,
        "refresh": 86_400,
    }
