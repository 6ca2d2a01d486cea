"""Settings and views that accept no token at all, and those that accept revoked ones."""

from datetime import timedelta

from django.urls import path
import pytest
from rest_framework_simplejwt.serializers import TokenRefreshSerializer

from jwt_invalidation import serializers, views
from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.tokens import AccessToken
from tests.support.reporting import (
    BLACKLIST,
    DEFAULT,
    EXPIRY,
    STATELESS,
    by_default,
    kinds,
    me,
    report,
    text,
)
from tests.support.views import Me

pytestmark = pytest.mark.django_db

HERE = __name__


class LongAccessToken(AccessToken):
    lifetime = timedelta(hours=1)


class Foreign(TokenRefreshSerializer):
    pass


class ForeignTokens(serializers.TokenRefreshSerializer):
    token_class = TokenRefreshSerializer.token_class


class Right(serializers.TokenRefreshSerializer):
    pass


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ForeignTokens", "unguarded"), ("Foreign", "broken"), ("Missing", "broken")],
)
def test_a_setting_that_names_a_wrong_serializer_is_told_with_the_views_that_use_it(
    settings, name, kind
):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "TOKEN_REFRESH_SERIALIZER": f"{HERE}.{name}"}
    settings.ROOT_URLCONF = (
        path("", views.TokenRefreshView.as_view()),
        path("verify/", views.TokenVerifyView.as_view()),
        path("own/", views.TokenRefreshView.as_view(serializer_class=Right)),
    )

    found = kinds()

    assert found == {
        kind: ['SIMPLE_JWT["TOKEN_REFRESH_SERIALIZER"]', "''"],
        "guarded": ["'verify/'", "'own/'"],
    }
    assert bool(report()["delay"]["worst_case"]) == (kind == "unguarded")
    assert f"{HERE}.{name}" in text(lines=40)


def test_a_view_of_ours_that_names_a_wrong_serializer_accepts_no_token(settings):
    wrong = views.TokenRefreshView.as_view(serializer_class=Foreign)
    right = views.TokenRefreshView.as_view(serializer_class=Right)
    settings.ROOT_URLCONF = (path("wrong/", wrong), path("right/", right))

    assert kinds() == {"broken": ["'wrong/'"], "guarded": ["'right/'"]}
    assert report()["delay"]["worst_case"] == 0


def test_a_stateless_view_beside_strategies_that_ask_accepts_no_token(settings):
    settings.ROOT_URLCONF = (me(JWTStatelessUserAuthentication), me(JWTAuthentication, "own/"))

    shown, found = text(), report()

    assert "1 guarded, none unguarded of the kinds it knows, 1 broken" in shown
    assert "lists VersionStrategy, SessionStrategy, to be asked on each request. List" in shown
    assert found["delay"]["worst_case"] == 0
    assert kinds() == {"broken": ["'api/me/'"], "guarded": ["'own/'"]}


def test_a_default_that_accepts_no_token_breaks_the_views_that_have_it(settings):
    by_default(settings, STATELESS)
    settings.ROOT_URLCONF = (path("api/me/", Me.as_view()), me(JWTAuthentication, "own/"))

    assert kinds() == {"broken": [DEFAULT, "'api/me/'"], "guarded": ["'own/'"]}


@pytest.mark.parametrize(
    ("strategy", "simple_jwt", "told"),
    [
        (BLACKLIST, {"JTI_CLAIM": None}, "E021"),
        (EXPIRY, {"AUTH_TOKEN_CLASSES": [f"{HERE}.LongAccessToken"]}, "E020"),
    ],
)
def test_a_strategy_that_lacks_what_it_needs_is_told_and_leaves_no_hole(
    settings, strategy, simple_jwt, told
):
    settings.JWT_INVALIDATION = {"STRATEGIES": [strategy]}
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, **simple_jwt}

    found = report()

    assert f"jwt_invalidation.{told}" in [each["id"] for each in found["views"]["findings"]]
    assert found["delay"]["worst_case"] == 0
    assert found["views"]["unguarded"] == []
