"""Views that mint tokens without this app."""

from functools import partial, wraps

from django.core.checks import ERROR
from django.http import JsonResponse
from django.urls import path
import pytest
from rest_framework import serializers as drf
from rest_framework.decorators import api_view
from rest_framework.views import APIView
from rest_framework_simplejwt import serializers as stock_serializers
from rest_framework_simplejwt import tokens as stock

from jwt_invalidation import serializers, tokens
from tests.support.checking import check_site
from tests.support.reporting import report

HERE = __name__
RefreshToken = stock.RefreshToken


class Child(stock.AccessToken):
    pass


class ClaimsOfTheProject(stock_serializers.TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user):
        return super().get_token(user)


class ClaimsWithTheGate(serializers.TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user):
        return super().get_token(user)


def site(settings, view):
    settings.ROOT_URLCONF = (path("login/", view),)


def by_class(user):
    return RefreshToken.for_user(user)


def by_module(user):
    return stock.SlidingToken.for_user(user)


def by_child(user):
    return Child.for_user(user)


def by_serializer(user):
    return stock_serializers.TokenObtainPairSerializer.get_token(user)


def by_serializer_of_the_project(user):
    return ClaimsOfTheProject.get_token(user)


def by_import(user):
    from rest_framework_simplejwt.tokens import AccessToken

    return AccessToken.for_user(user)


def by_lambda(user):
    return (lambda: RefreshToken.for_user(user))()


def of_this_app(user):
    return tokens.RefreshToken.for_user(user)


def by_serializer_of_this_app(user):
    return ClaimsWithTheGate.get_token(user)


def without_minting(user):
    return stock.RefreshToken(user).payload


MINTING = [
    by_class,
    by_module,
    by_child,
    by_serializer,
    by_serializer_of_the_project,
    by_import,
    by_lambda,
]
HARMLESS = [of_this_app, by_serializer_of_this_app, without_minting]


def decorated(view):
    @wraps(view)
    def call(request):
        return view(request)

    return call


def decorated_without_wraps(view):
    def call(request):
        return view(request)

    return call


def view_class(mint):
    return type("Login", (APIView,), {"__module__": HERE, "post": mint}).as_view()


def view_class_with_serializer(mint):
    serializer = type(
        "Login", (drf.Serializer,), {"__module__": HERE, "validate": staticmethod(mint)}
    )
    return type("Login", (APIView,), {"__module__": HERE, "serializer_class": serializer}).as_view()


KINDS = [
    view_class,
    view_class_with_serializer,
    lambda mint: api_view(["POST"])(mint),
    decorated,
    decorated_without_wraps,
    partial,
    lambda mint: mint,
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_that_mints_is_found_however_it_is_written(settings, kind):
    site(settings, kind(by_class))

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E024", ERROR)
    assert str(error.obj).startswith(f"{HERE}.")
    assert str(error.obj).endswith(" at 'login/'")
    assert "from jwt_invalidation.tokens import RefreshToken" in error.hint


@pytest.mark.parametrize("mint", MINTING)
def test_each_way_to_mint_with_simplejwt_is_found(settings, mint):
    site(settings, mint)

    [error] = check_site()

    assert (error.id, error.obj) == ("jwt_invalidation.E024", f"{HERE}.{mint.__name__} at 'login/'")


@pytest.mark.parametrize("mint", HARMLESS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_view_that_mints_with_this_app_or_only_reads_tokens_is_accepted(settings, kind, mint):
    site(settings, kind(mint))

    assert check_site() == []


def test_a_function_that_is_not_complete_yet_is_read_all_the_same(settings):
    def view(request):
        return later  # noqa: F821  # Deleted below: its cell is empty.

    later = JsonResponse
    del later
    site(settings, view)

    assert check_site() == []


def test_a_callable_that_is_no_function_is_left_alone(settings):
    site(settings, type("View", (), {"__call__": lambda self, request: JsonResponse({})})())

    assert check_site() == []


def test_a_bound_method_is_looked_into(settings):
    site(settings, type("Site", (), {"login": lambda self, user: by_class(user)})().login)
    assert check_site() == []

    site(
        settings,
        type("Site", (), {"login": lambda self, user: RefreshToken.for_user(user)})().login,
    )
    assert [error.id for error in check_site()] == ["jwt_invalidation.E024"]


@pytest.mark.django_db
def test_the_report_calls_a_view_that_mints_broken_and_not_unguarded(settings):
    site(settings, view_class(by_class))

    found = report()["views"]

    assert (found["broken"], found["unguarded"]) == (["'login/'"], [])
    assert [each["id"] for each in found["findings"]] == ["jwt_invalidation.E024"]
