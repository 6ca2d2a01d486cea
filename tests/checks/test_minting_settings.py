"""Settings of other packages, by which their views mint tokens without this app."""

from django.core.checks import ERROR
from django.urls import path
import pytest
from rest_framework_simplejwt import serializers as stock_serializers
from rest_framework_simplejwt import tokens as stock

from jwt_invalidation import serializers, tokens
from tests.support.checking import check_site
from tests.support.stacks.others import djoser, view_of

HERE = __name__


class ClaimsOfTheProject(stock_serializers.TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user):
        return super().get_token(user)


class ClaimsWithTheGate(serializers.TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user):
        return super().get_token(user)


class Ours:
    @classmethod
    def obtain(cls, user):
        return {"refresh": str(tokens.RefreshToken.for_user(user))}


class Unlike:
    @classmethod
    def obtain(cls, user):
        return {"refresh": str(stock.RefreshToken.for_user(user))}


def site(settings, view):
    settings.ROOT_URLCONF = (path("login/", view),)


STOCK_CLAIMS = "rest_framework_simplejwt.serializers.TokenObtainPairSerializer"


@pytest.mark.parametrize(
    ("declared", "named"),
    [
        ({}, STOCK_CLAIMS),
        ({"JWT_TOKEN_CLAIMS_SERIALIZER": STOCK_CLAIMS}, STOCK_CLAIMS),
        (
            {"JWT_TOKEN_CLAIMS_SERIALIZER": f"{HERE}.ClaimsOfTheProject"},
            f"{HERE}.ClaimsOfTheProject",
        ),
        ({"JWT_TOKEN_CLAIMS_SERIALIZER": ClaimsOfTheProject}, f"{HERE}.ClaimsOfTheProject"),
    ],
)
def test_dj_rest_auth_with_a_serializer_of_simplejwts_is_refused(settings, declared, named):
    site(settings, view_of("dj_rest_auth.views").as_view())
    settings.REST_AUTH = {"USE_JWT": True, **declared}

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E023", ERROR)
    assert str(error.obj) == 'REST_AUTH["JWT_TOKEN_CLAIMS_SERIALIZER"]'
    assert f"names {named}, which mints" in error.msg
    assert "jwt_invalidation.serializers.TokenObtainPairSerializer" in error.hint


@pytest.mark.parametrize(
    "declared",
    [
        {"JWT_TOKEN_CLAIMS_SERIALIZER": f"{HERE}.ClaimsWithTheGate"},
        {"JWT_TOKEN_CLAIMS_SERIALIZER": "jwt_invalidation.serializers.TokenObtainPairSerializer"},
        {"JWT_TOKEN_CLAIMS_SERIALIZER": "no.such.Serializer"},
        {"USE_JWT": False},
    ],
)
def test_dj_rest_auth_with_ours_or_without_tokens_is_accepted(settings, declared):
    site(settings, view_of("dj_rest_auth.views").as_view())
    settings.REST_AUTH = {"USE_JWT": True, **declared}

    assert check_site() == []


@pytest.mark.parametrize("name", ["REST_AUTH", "DJOSER"])
def test_a_setting_by_which_no_reachable_view_goes_is_accepted(settings, name):
    setattr(settings, name, {"USE_JWT": True})

    assert check_site() == []


@pytest.mark.parametrize(
    ("declared", "named"),
    [
        ({}, "TokenStrategy"),
        ({"SOCIAL_AUTH_TOKEN_STRATEGY": f"{HERE}.Unlike"}, f"{HERE}.Unlike"),
    ],
)
def test_djoser_with_a_strategy_that_mints_without_this_app_is_refused(settings, declared, named):
    site(settings, view_of("djoser.social.views").as_view())
    settings.DJOSER = declared

    with djoser():
        [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E023", ERROR)
    assert str(error.obj) == 'DJOSER["SOCIAL_AUTH_TOKEN_STRATEGY"]'
    assert f"{named}, which mints" in error.msg
    assert "jwt_invalidation.tokens.RefreshToken.for_user" in error.hint


def test_djoser_with_a_strategy_that_mints_with_this_app_is_accepted(settings):
    site(settings, view_of("djoser.social.views").as_view())
    settings.DJOSER = {"SOCIAL_AUTH_TOKEN_STRATEGY": f"{HERE}.Ours"}

    assert check_site() == []
