"""Tokens that a login gave another lifetime: their session ends with them, and rotation keeps it."""

from datetime import timedelta

from django.urls import include, path
import pytest

from jwt_invalidation import serializers
from jwt_invalidation.models import TokenSession
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from jwt_invalidation.views import (
    TokenObtainPairView,
    TokenObtainSlidingView,
    TokenRefreshSlidingView,
)
from tests.support import forge, people, views
from tests.support.pairs import assert_alive
from tests.support.sessions import successor_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

LIFETIMES = {
    "short": timedelta(hours=1),
    "long": timedelta(days=20),
    "too long": timedelta(days=90),
}
each_lifetime = pytest.mark.parametrize("wanted", ["short", "long"])


class Remembering:
    """A login that asks how long it is to be remembered, as projects do."""

    def validate(self, attrs):
        self.user_wants = LIFETIMES[self.initial_data["remember"]]
        # simplejwt's `get_token` is a class method. The instance's own comes first.
        self.get_token = self.remembered
        return super().validate(attrs)

    def remembered(self, user):
        token = type(self).get_token(user)
        token.set_exp(lifetime=self.user_wants)
        return token


class Pair(Remembering, serializers.TokenObtainPairSerializer):
    pass


class Sliding(Remembering, serializers.TokenObtainSlidingSerializer):
    pass


urlpatterns = [
    path("remember/", TokenObtainPairView.as_view(serializer_class=Pair)),
    path("remember/sliding/", TokenObtainSlidingView.as_view(serializer_class=Sliding)),
    path("api/token/sliding/", TokenObtainSlidingView.as_view()),
    path("api/token/sliding/refresh/", TokenRefreshSlidingView.as_view()),
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/me/", views.Me.as_view()),
]


def remembered(client, user, wanted, path="/remember/"):
    body = {**people.credentials(user), "remember": wanted}
    return client.post(path, body, format="json").json()


def assert_agreement(token):
    """Assert that the row ends when the token does."""
    session = TokenSession.objects.get(sid=token["sid"])
    assert (session.idle_exp, session.refresh_exp) == (token["exp"], token["exp"])


@each_lifetime
def test_a_session_ends_with_its_refresh_token_and_rotation_keeps_the_lifetime(
    client, alice, clock, rotating, wanted
):
    pair = remembered(client, alice, wanted)
    for _ in range(3):
        refresh = forge.read(pair["refresh"])
        assert refresh["exp"] - refresh["iat"] == LIFETIMES[wanted].total_seconds()
        assert_agreement(refresh)
        clock.shift(timedelta(minutes=50))
        pair = successor_of(client, pair)

    assert_alive(client, pair)
    clock.shift(LIFETIMES[wanted])
    assert people.refresh(client, pair["refresh"]).status_code == 401


@each_lifetime
def test_without_rotation_it_ends_when_it_was_to(client, alice, clock, wanted):
    pair = remembered(client, alice, wanted)
    clock.shift(LIFETIMES[wanted] - timedelta(seconds=1))
    access = successor_of(client, pair)["access"]
    assert_agreement(forge.read(pair["refresh"]))

    clock.shift(1)

    assert people.refresh(client, pair["refresh"]).status_code == 401
    assert people.ask(client, access).json()["code"] == "token_revoked"


def test_no_refresh_token_says_that_it_outlives_its_session(client, alice, clock, rotating):
    pair = remembered(client, alice, "too long")
    end = TokenSession.objects.get().absolute_exp

    for _ in range(3):
        assert forge.read(pair["refresh"])["exp"] == end
        assert_agreement(forge.read(pair["refresh"]))
        clock.shift(timedelta(days=9))
        pair = successor_of(client, pair)
    assert TokenSession.objects.get().absolute_exp == end


def test_others_keep_the_lifetime_of_the_settings(client, alice, clock, rotating):
    remembered(client, alice, "short")
    pair = people.tokens(client, alice)
    clock.shift(60)

    pair = successor_of(client, pair)

    refresh = forge.read(pair["refresh"])
    assert refresh["exp"] - refresh["iat"] == RefreshToken.lifetime.total_seconds()
    assert TokenSession.objects.get(sid=refresh["sid"]).refresh_lifetime is None


@each_lifetime
def test_a_sliding_token_is_renewed_for_as_long_as_it_was_made(
    client, alice, clock, simplejwt_settings, wanted
):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)
    text = remembered(client, alice, wanted, "/remember/sliding/")["token"]
    for _ in range(3):
        token = forge.read(text)
        assert token["exp"] - token["iat"] == LIFETIMES[wanted].total_seconds()
        assert_agreement(token)
        clock.shift(timedelta(minutes=50))
        text = people.renew(client, text).json()["token"]
    assert people.ask(client, text).status_code == 200


def test_a_shorter_life_that_is_set_later_shortens_the_session_too(client, alice, clock):
    pair = people.tokens(client, alice)
    refresh = RefreshToken(pair["refresh"])

    refresh.set_exp(lifetime=timedelta(minutes=2))

    assert_agreement(refresh)
    clock.shift(timedelta(minutes=2))
    assert people.ask(client, pair["access"]).json()["code"] == "token_revoked"
