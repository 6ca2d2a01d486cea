"""How long after its revocation a token may still be let in, and whether that is true."""

from datetime import UTC, datetime, timedelta

from django.urls import include, path
import pytest
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.views import TokenRefreshView, TokenVerifyView
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.strategies.expiry import ExpiryStrategy
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import people
from tests.support.reporting import EXPIRY, VERSION, report, text
from tests.support.views import Me

pytestmark = pytest.mark.django_db

HERE = __name__


class Stateless(Strategy):
    is_stateless = True


class Patient(ExpiryStrategy):
    pass


class LongAccessToken(AccessToken):
    lifetime = timedelta(hours=1, seconds=1)


class ForeignToken(Token):
    """One that another service makes, as long as it likes."""

    token_type = "foreign"
    lifetime = timedelta(0)


def stateless(settings, *paths, **simple_jwt):
    """Make a site with a view that asks no database; return the delay there."""
    view = Me.as_view(authentication_classes=[JWTStatelessUserAuthentication])
    settings.ROOT_URLCONF = (path("me/", view),)
    settings.JWT_INVALIDATION = {"STRATEGIES": list(paths)}
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, **simple_jwt}
    return report()["delay"]["stateless"]


@pytest.mark.parametrize(
    ("authentication_class", "strategy", "kind"),
    [
        (JWTAuthentication, VERSION, None),
        (JWTAuthentication, EXPIRY, None),
        (JWTStatelessUserAuthentication, EXPIRY, "stateless"),
        (simplejwt.JWTAuthentication, VERSION, "unguarded_authentication"),
    ],
)
def test_the_delay_that_is_told_is_how_long_a_revoked_token_goes_on(
    client, alice, settings, authentication_class, strategy, kind
):
    settings.ROOT_URLCONF = (
        path("api/token/", include("jwt_invalidation.urls")),
        path("api/me/", Me.as_view(authentication_classes=[authentication_class])),
    )
    settings.JWT_INVALIDATION = {"STRATEGIES": [strategy]}
    now = datetime.now(UTC).replace(microsecond=0)

    delay = report()["delay"]
    with time_machine.travel(now, tick=False):
        hers = people.tokens(client, alice)["access"]
        before = people.ask(client, hers)
        revocation.revoke_user(alice, reason="admin")
    with time_machine.travel(now + timedelta(seconds=delay["worst_case"] - 1), tick=False):
        last = people.ask(client, hers)
    with time_machine.travel(now + timedelta(seconds=delay["worst_case"]), tick=False):
        after = people.ask(client, hers)

    assert [key for key, seconds in delay.items() if seconds] == (
        ["worst_case", kind] if kind else []
    )
    assert (before.status_code, after.status_code) == (200, 401)
    assert last.status_code == (200 if kind else 401)


@pytest.mark.parametrize(
    ("view", "present"), [(TokenRefreshView, people.refresh), (TokenVerifyView, people.verify)]
)
def test_a_view_of_tokens_without_the_gate_takes_them_as_long_as_they_live(
    client, alice, settings, view, present
):
    settings.ROOT_URLCONF = (path(f"api/token/{present.__name__}/", view.as_view()),)
    now = datetime.now(UTC).replace(microsecond=0)

    delay = report()["delay"]
    with time_machine.travel(now, tick=False):
        hers = str(RefreshToken.for_user(alice))
        revocation.revoke_user(alice, reason="admin")
    with time_machine.travel(now + timedelta(seconds=delay["worst_case"] - 1), tick=False):
        last = present(client, hers)
    with time_machine.travel(now + timedelta(seconds=delay["worst_case"]), tick=False):
        after = present(client, hers)

    assert delay["unguarded_views_of_tokens"] == delay["worst_case"] == 86_400
    assert (last.status_code, after.status_code) == (200, 401)
    assert "1 day where tokens are made or refreshed without the gate" in text()


def test_where_refresh_tokens_rotate_without_the_gate_there_is_no_end(settings):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "ROTATE_REFRESH_TOKENS": True, "LEEWAY": 10}

    guarded = report()["delay"]
    settings.ROOT_URLCONF = (path("refresh/", TokenRefreshView.as_view()),)
    unguarded = report()["delay"]

    assert guarded["worst_case"] == 0
    assert unguarded["worst_case"] is unguarded["unguarded_views_of_tokens"] is None
    assert "without end where tokens are made or refreshed" in text()


def test_a_token_class_without_a_lifetime_of_its_own_is_one_without_end(settings):
    classes = [f"{HERE}.ForeignToken"]

    uncapped = stateless(settings, f"{HERE}.Stateless", AUTH_TOKEN_CLASSES=classes, LEEWAY=10)
    worst_case = report()["delay"]["worst_case"]
    capped = stateless(settings, EXPIRY)

    assert uncapped is worst_case is None
    assert report()["lifetimes"]["foreign"] is None
    assert "foreign without end" in text()
    assert capped == 600 + 10


@pytest.mark.parametrize(
    ("strategy", "seconds"),
    [(EXPIRY, 600), (f"{HERE}.Patient", 600), (f"{HERE}.Stateless", 3601)],
)
def test_long_tokens_are_capped_where_the_expiry_strategy_is_active(settings, strategy, seconds):
    classes = [f"{HERE}.LongAccessToken"]

    without_leeway = stateless(settings, strategy, AUTH_TOKEN_CLASSES=classes)
    with_leeway = stateless(settings, strategy, LEEWAY=7)

    assert (without_leeway, with_leeway) == (seconds, seconds + 7)


def test_the_longest_of_the_classes_that_authenticate_decides(settings):
    classes = ["rest_framework_simplejwt.tokens.AccessToken", f"{HERE}.LongAccessToken"]

    both = stateless(settings, f"{HERE}.Stateless", AUTH_TOKEN_CLASSES=classes)
    one = stateless(settings, f"{HERE}.Stateless", AUTH_TOKEN_CLASSES=classes[:1])
    none = stateless(settings, f"{HERE}.Stateless", AUTH_TOKEN_CLASSES=[])

    assert (both, one, none) == (3_601, 300, 0)
