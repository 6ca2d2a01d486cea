"""Serializers that settings and views name: which a request meets, and what they mint."""

from django.core.checks import ERROR, WARNING
from django.urls import path
import pytest
from rest_framework.generics import GenericAPIView
from rest_framework_simplejwt import serializers as simplejwt
from rest_framework_simplejwt import tokens as simplejwt_tokens

from jwt_invalidation import serializers, tokens, views
from tests.support.checking import check_site

HERE = __name__

SETTINGS = {
    "TOKEN_OBTAIN_SERIALIZER": "TokenObtainPairSerializer",
    "TOKEN_REFRESH_SERIALIZER": "TokenRefreshSerializer",
    "TOKEN_VERIFY_SERIALIZER": "TokenVerifySerializer",
    "TOKEN_BLACKLIST_SERIALIZER": "TokenBlacklistSerializer",
    "SLIDING_TOKEN_OBTAIN_SERIALIZER": "TokenObtainSlidingSerializer",
    "SLIDING_TOKEN_REFRESH_SERIALIZER": "TokenRefreshSlidingSerializer",
}


class ForeignSerializer(simplejwt.TokenObtainPairSerializer):
    """A project's own, from before this app."""


class ForeignToken(simplejwt_tokens.RefreshToken):
    """A project's own, from before this app."""


class LongerToken(tokens.RefreshToken):
    """A project's own, with the gate in it."""


class Forgetful(serializers.TokenObtainPairSerializer):
    token_class = ForeignToken


class Confused(serializers.TokenObtainPairSerializer):
    token_class = None


class Sliding(serializers.TokenObtainPairSerializer):
    token_class = tokens.SlidingToken


class Right(serializers.TokenObtainPairSerializer):
    token_class = LongerToken


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_serializer_setting_without_the_gate_is_named_with_its_replacement(setting, simple_jwt):
    simple_jwt(**{setting: f"{HERE}.ForeignSerializer"})

    [error] = check_site()

    ours = f"jwt_invalidation.serializers.{SETTINGS[setting]}"
    assert (error.id, error.level) == ("jwt_invalidation.E016", ERROR)
    assert str(error.obj) == f'SIMPLE_JWT["{setting}"]'
    assert f"{HERE}.ForeignSerializer" in error.msg
    assert error.hint.startswith(f"Let ForeignSerializer inherit from {ours}. If another package ")


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("module", ["rest_framework_simplejwt", "jwt_invalidation"])
def test_a_serializer_setting_that_names_the_default_or_ours_is_accepted(
    setting, module, simple_jwt
):
    path = f"{module}.serializers.{SETTINGS[setting]}"
    simple_jwt(**{setting: path})

    assert check_site() == []


@pytest.mark.parametrize("value", ["nowhere.Serializer", "Serializer", None, ForeignSerializer])
def test_a_serializer_setting_that_cannot_be_imported_is_refused(value, simple_jwt):
    simple_jwt(TOKEN_OBTAIN_SERIALIZER=value)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E010", ERROR)
    assert str(error.obj) == 'SIMPLE_JWT["TOKEN_OBTAIN_SERIALIZER"]'
    assert repr(value) in error.msg
    assert "jwt_invalidation.serializers.TokenObtainPairSerializer" in error.hint


@pytest.mark.parametrize(
    ("name", "token_class"),
    [
        ("Forgetful", f"{HERE}.ForeignToken"),
        ("Confused", "None"),
        ("Sliding", "jwt_invalidation.tokens.SlidingToken"),
    ],
)
def test_a_serializer_of_ours_with_a_token_class_of_others_is_refused(
    name, token_class, simple_jwt
):
    simple_jwt(TOKEN_OBTAIN_SERIALIZER=f"{HERE}.{name}")

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E009", ERROR)
    assert str(error.obj) == 'SIMPLE_JWT["TOKEN_OBTAIN_SERIALIZER"]'
    assert f"{HERE}.{name}" in error.msg
    assert f"its token_class is {token_class}." in error.msg
    assert "jwt_invalidation.tokens.RefreshToken" in error.hint


def test_a_serializer_of_ours_with_a_child_of_our_token_class_is_accepted(simple_jwt):
    simple_jwt(TOKEN_OBTAIN_SERIALIZER=f"{HERE}.Right")

    assert check_site() == []


def test_a_token_class_of_others_is_refused_on_any_view(settings):
    class Login(GenericAPIView):
        serializer_class = Forgetful

    settings.ROOT_URLCONF = (path("login/", Login.as_view(), name="login"),)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E009", ERROR)
    assert str(error.obj) == f"{HERE}.Login at 'login/' [name='login']"
    assert f"{HERE}.Forgetful" in error.msg
    assert f"its token_class is {HERE}.ForeignToken." in error.msg
    assert "jwt_invalidation.tokens.RefreshToken" in error.hint


def test_a_view_of_ours_with_a_serializer_of_others_is_an_error(settings):
    class Login(views.TokenObtainPairView):
        serializer_class = ForeignSerializer

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    [error] = check_site()

    ours = "jwt_invalidation.serializers.TokenObtainPairSerializer"
    assert (error.id, error.level) == ("jwt_invalidation.E017", ERROR)
    assert str(error.obj) == f"{HERE}.Login at 'login/'"
    assert f"serializer, {HERE}.ForeignSerializer," in error.msg
    assert error.hint.startswith(f"Let ForeignSerializer inherit from {ours}. If another package ")


def test_a_serializer_given_to_as_view_is_seen_too(settings):
    view = views.TokenObtainPairView.as_view(serializer_class=ForeignSerializer)
    settings.ROOT_URLCONF = (path("login/", view),)

    [error] = check_site()

    assert error.id == "jwt_invalidation.E017"
    assert f"serializer, {HERE}.ForeignSerializer," in error.msg


def test_a_view_of_ours_with_a_child_of_our_serializer_is_accepted(settings):
    class Login(views.TokenObtainPairView):
        serializer_class = Right

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    assert check_site() == []


def test_a_view_of_ours_that_names_no_guarded_serializer_stops_no_check(settings):
    class Odd(views.GatedTokenView):
        serializer_class = ForeignSerializer

    settings.ROOT_URLCONF = (path("odd/", Odd.as_view()),)

    assert check_site() == []


@pytest.mark.parametrize("name", SETTINGS.values())
def test_another_view_with_a_serializer_of_simplejwts_is_refused(settings, name):
    class Login(GenericAPIView):
        serializer_class = getattr(simplejwt, name)

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E008", ERROR)
    assert str(error.obj) == f"{HERE}.Login at 'login/'"
    assert f"serializer, rest_framework_simplejwt.serializers.{name}," in error.msg
    assert error.hint == f"Use jwt_invalidation.serializers.{name} instead."


def test_another_view_with_a_child_of_simplejwts_serializer_is_told_what_to_inherit(settings):
    class Login(GenericAPIView):
        serializer_class = ForeignSerializer

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    [error] = check_site()

    ours = "jwt_invalidation.serializers.TokenObtainPairSerializer"
    assert error.id == "jwt_invalidation.E008"
    assert error.hint.startswith(f"Let ForeignSerializer inherit from {ours}. If another package ")


def test_another_view_with_our_serializer_is_accepted(settings):
    class Login(GenericAPIView):
        serializer_class = Right

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    assert check_site() == []


class ForeignValidation(simplejwt.TokenVerifySerializer):
    def validate(self, attrs):
        return simplejwt.TokenVerifySerializer.validate(self, attrs)


class BehindForeignValidation(ForeignValidation, serializers.TokenVerifySerializer):
    pass


class BeforeForeignValidation(serializers.TokenVerifySerializer, ForeignValidation):
    pass


def test_a_validation_that_runs_before_the_gates_is_told(simple_jwt):
    name = f"{HERE}.BehindForeignValidation"
    simple_jwt(TOKEN_VERIFY_SERIALIZER=name)

    [warning] = check_site()

    assert (warning.id, warning.level) == ("jwt_invalidation.W005", WARNING)
    assert str(warning.obj) == 'SIMPLE_JWT["TOKEN_VERIFY_SERIALIZER"]'
    assert name in warning.msg
    assert "return super().validate(attrs)" in warning.hint.partition("first")[0]


def test_a_validation_behind_the_gates_is_fine(simple_jwt):
    name = f"{HERE}.BeforeForeignValidation"
    simple_jwt(TOKEN_VERIFY_SERIALIZER=name)

    assert check_site() == []
