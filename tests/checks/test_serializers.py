"""Serializers that settings and views name: which a request meets, and what they mint."""

from django.core.checks import ERROR, WARNING, run_checks
from django.urls import path
import pytest
from rest_framework.generics import GenericAPIView
from rest_framework_simplejwt import serializers as simplejwt
from rest_framework_simplejwt import tokens as simplejwt_tokens

from jwt_invalidation import serializers, tokens, views

TAGS = ["jwt_invalidation"]
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
def test_a_serializer_setting_without_the_gate_is_named_with_its_replacement(settings, setting):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, setting: f"{HERE}.ForeignSerializer"}

    [error] = run_checks(tags=TAGS)

    ours = f"jwt_invalidation.serializers.{SETTINGS[setting]}"
    assert (error.id, error.level) == ("jwt_invalidation.E016", ERROR)
    assert setting in error.msg
    assert f"{HERE}.ForeignSerializer" in error.msg
    assert error.hint == f"Let ForeignSerializer inherit from {ours}."


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("module", ["rest_framework_simplejwt", "jwt_invalidation"])
def test_a_serializer_setting_that_names_the_default_or_ours_is_left_in_peace(
    settings, setting, module
):
    path = f"{module}.serializers.{SETTINGS[setting]}"
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, setting: path}

    assert run_checks(tags=TAGS) == []


@pytest.mark.parametrize("value", ["nowhere.Serializer", "Serializer", None, ForeignSerializer])
def test_a_serializer_setting_that_cannot_be_imported_is_refused(settings, value):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "TOKEN_OBTAIN_SERIALIZER": value}

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E010", ERROR)
    assert "TOKEN_OBTAIN_SERIALIZER" in error.msg
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
def test_a_serializer_of_ours_with_a_token_class_of_others_is_refused(settings, name, token_class):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "TOKEN_OBTAIN_SERIALIZER": f"{HERE}.{name}"}

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E009", ERROR)
    assert "TOKEN_OBTAIN_SERIALIZER" in error.msg
    assert f"{HERE}.{name}" in error.msg
    assert f"its token_class is {token_class}." in error.msg
    assert "jwt_invalidation.tokens.RefreshToken" in error.hint


def test_a_serializer_of_ours_with_a_child_of_our_token_class_is_left_in_peace(settings):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "TOKEN_OBTAIN_SERIALIZER": f"{HERE}.Right"}

    assert run_checks(tags=TAGS) == []


def test_a_token_class_of_others_is_refused_on_any_view(settings):
    class Login(GenericAPIView):
        serializer_class = Forgetful

    settings.ROOT_URLCONF = (path("login/", Login.as_view(), name="login"),)

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E009", ERROR)
    assert f"'login/' [name='login'] leads to {HERE}.Login with {HERE}.Forgetful" in error.msg
    assert f"its token_class is {HERE}.ForeignToken." in error.msg
    assert "jwt_invalidation.tokens.RefreshToken" in error.hint


def test_a_view_of_ours_with_a_serializer_of_others_is_an_error(settings):
    class Login(views.TokenObtainPairView):
        serializer_class = ForeignSerializer

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    [error] = run_checks(tags=TAGS)

    ours = "jwt_invalidation.serializers.TokenObtainPairSerializer"
    assert (error.id, error.level) == ("jwt_invalidation.E017", ERROR)
    assert f"'login/' leads to {HERE}.Login with {HERE}.ForeignSerializer" in error.msg
    assert error.hint == f"Let ForeignSerializer inherit from {ours}."


def test_a_serializer_given_to_as_view_is_seen_too(settings):
    view = views.TokenObtainPairView.as_view(serializer_class=ForeignSerializer)
    settings.ROOT_URLCONF = (path("login/", view),)

    [error] = run_checks(tags=TAGS)

    assert error.id == "jwt_invalidation.E017"
    assert f"with {HERE}.ForeignSerializer" in error.msg


def test_a_view_of_ours_with_a_child_of_our_serializer_is_left_in_peace(settings):
    class Login(views.TokenObtainPairView):
        serializer_class = Right

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    assert run_checks(tags=TAGS) == []


def test_a_view_of_ours_that_names_no_guarded_serializer_stops_no_check(settings):
    class Odd(views.GatedTokenView):
        serializer_class = ForeignSerializer

    settings.ROOT_URLCONF = (path("odd/", Odd.as_view()),)

    assert run_checks(tags=TAGS) == []


@pytest.mark.parametrize("name", SETTINGS.values())
def test_another_view_with_a_serializer_of_simplejwts_is_refused(settings, name):
    class Login(GenericAPIView):
        serializer_class = getattr(simplejwt, name)

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E008", ERROR)
    assert f"'login/' leads to {HERE}.Login with rest_framework_simplejwt" in error.msg
    assert error.hint == f"Use jwt_invalidation.serializers.{name} instead."


def test_another_view_with_a_child_of_simplejwts_serializer_is_told_what_to_inherit(settings):
    class Login(GenericAPIView):
        serializer_class = ForeignSerializer

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    [error] = run_checks(tags=TAGS)

    ours = "jwt_invalidation.serializers.TokenObtainPairSerializer"
    assert error.id == "jwt_invalidation.E008"
    assert error.hint == f"Let ForeignSerializer inherit from {ours}."


def test_another_view_with_our_serializer_is_left_in_peace(settings):
    class Login(GenericAPIView):
        serializer_class = Right

    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)

    assert run_checks(tags=TAGS) == []


class ForeignValidation(simplejwt.TokenVerifySerializer):
    def validate(self, attrs):
        return simplejwt.TokenVerifySerializer.validate(self, attrs)


class BehindForeignValidation(ForeignValidation, serializers.TokenVerifySerializer):
    pass


class BeforeForeignValidation(serializers.TokenVerifySerializer, ForeignValidation):
    pass


def test_a_validation_that_runs_before_the_gates_is_told(settings):
    name = f"{HERE}.BehindForeignValidation"
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "TOKEN_VERIFY_SERIALIZER": name}

    [warning] = run_checks(tags=TAGS)

    assert (warning.id, warning.level) == ("jwt_invalidation.W005", WARNING)
    assert name in warning.msg
    assert "first" in warning.hint


def test_a_validation_behind_the_gates_is_fine(settings):
    name = f"{HERE}.BeforeForeignValidation"
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "TOKEN_VERIFY_SERIALIZER": name}

    assert run_checks(tags=TAGS) == []
