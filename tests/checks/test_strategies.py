"""Strategies on sites that have, and have not, what they need."""

from datetime import timedelta

from django.apps import apps
from django.core.checks import ERROR, INFO, run_checks
from django.urls import path
import pytest
from rest_framework.views import APIView

from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.tokens import AccessToken, SlidingToken
from tests.support.routers import Router

pytestmark = [pytest.mark.with_blacklist]

IS_INSTALLED = apps.is_installed("rest_framework_simplejwt.token_blacklist")
TAGS = ["jwt_invalidation"]
VERSION = "jwt_invalidation.strategies.version.VersionStrategy"
BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"

STATELESS = "jwt_invalidation.authentication.JWTStatelessUserAuthentication"


class Stateless(APIView):
    authentication_classes = [JWTStatelessUserAuthentication]


class Strict(APIView):
    authentication_classes = [JWTAuthentication]


urlpatterns = [path("quick/", Stateless.as_view()), path("payment/", Strict.as_view())]


@pytest.fixture
def in_force(settings):
    def put(*paths):
        settings.JWT_INVALIDATION = {"STRATEGIES": list(paths)}

    return put


@pytest.fixture
def with_lifetime(monkeypatch, simplejwt_settings):
    def put(token_class, **lifetime):
        monkeypatch.setattr(token_class, "lifetime", timedelta(**lifetime))
        simplejwt_settings.AUTH_TOKEN_CLASSES = (token_class,)

    return put


@pytest.mark.skipif(IS_INSTALLED, reason="simplejwt's blacklist is installed")
def test_the_blacklist_strategy_without_its_app_is_refused(in_force):
    in_force(BLACKLIST)

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E019", ERROR)
    assert '"rest_framework_simplejwt.token_blacklist"' in error.hint


@pytest.mark.skipif(not IS_INSTALLED, reason="simplejwt's blacklist is not installed")
def test_the_blacklist_strategy_with_its_app_is_left_in_peace(in_force):
    in_force(VERSION, BLACKLIST)

    assert run_checks(tags=TAGS) == []


@pytest.mark.skipif(not IS_INSTALLED, reason="simplejwt's blacklist is not installed")
def test_the_blacklist_strategy_without_a_jti_is_refused(in_force, simplejwt_settings):
    in_force(BLACKLIST)
    simplejwt_settings.JTI_CLAIM = None

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E021", ERROR)
    assert "JTI_CLAIM" in error.msg


@pytest.mark.skipif(not IS_INSTALLED, reason="simplejwt's blacklist is not installed")
def test_simplejwts_tables_must_be_where_the_users_are_if_the_strategy_reads_them(
    in_force, settings
):
    settings.DATABASE_ROUTERS = [Router(elsewhere=["token_blacklist.outstandingtoken"])]
    assert run_checks(tags=TAGS) == []

    in_force(BLACKLIST)

    [error] = run_checks(tags=TAGS)
    assert (error.id, error.level) == ("jwt_invalidation.E013", ERROR)
    assert "OutstandingToken" in error.msg


@pytest.mark.parametrize("token_class", [AccessToken, SlidingToken])
def test_lifetimes_over_ten_minutes_are_refused_where_the_expiry_decides(
    in_force, with_lifetime, token_class
):
    with_lifetime(token_class, minutes=10, seconds=1)
    assert run_checks(tags=TAGS) == []

    in_force(EXPIRY)

    [error] = run_checks(tags=TAGS)
    assert (error.id, error.level) == ("jwt_invalidation.E020", ERROR)
    assert f"{token_class.token_type.upper()}_TOKEN_LIFETIME" in error.hint


@pytest.mark.parametrize("lifetime", [{"minutes": 10}, {"minutes": 5, "seconds": 1}])
def test_ten_minutes_are_allowed_and_five_recommended(in_force, with_lifetime, lifetime):
    with_lifetime(AccessToken, **lifetime)
    in_force(EXPIRY)

    [info] = run_checks(tags=TAGS)

    assert (info.id, info.level) == ("jwt_invalidation.I002", INFO)


def test_five_minutes_are_left_in_peace(in_force, with_lifetime):
    with_lifetime(AccessToken, minutes=5)
    in_force(EXPIRY)

    assert run_checks(tags=TAGS) == []


def test_a_class_without_a_lifetime_is_left_in_peace(in_force, monkeypatch, simplejwt_settings):
    monkeypatch.setattr(AccessToken, "lifetime", None)
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken,)
    in_force(EXPIRY)

    assert run_checks(tags=TAGS) == []


def test_a_lifetime_of_a_projects_own_class_is_named_by_the_class(in_force, with_lifetime):
    class DeviceToken(AccessToken):
        token_type = "device"

    with_lifetime(DeviceToken, hours=1)
    in_force(EXPIRY)

    [error] = run_checks(tags=TAGS)

    assert "DeviceToken" in error.msg


@pytest.mark.urls("tests.checks.test_strategies")
@pytest.mark.parametrize("paths", [[VERSION], [EXPIRY, VERSION], []])
def test_a_stateless_view_is_refused_where_a_strategy_wants_the_database(in_force, paths):
    in_force(*paths)

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E018", ERROR)
    assert "'quick/'" in error.msg
    assert EXPIRY in error.hint
    assert "VersionStrategy" in error.hint or not paths


@pytest.mark.urls("tests.checks.test_strategies")
def test_a_stateless_view_is_left_in_peace_where_short_expiry_is_the_strategy(in_force):
    in_force(EXPIRY)

    assert run_checks(tags=TAGS) == []


def test_a_stateless_default_is_refused_alike(in_force, settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_AUTHENTICATION_CLASSES": [STATELESS],
    }

    [error] = run_checks(tags=TAGS)
    assert error.id == "jwt_invalidation.E018"
    assert "DEFAULT_AUTHENTICATION_CLASSES" in error.msg

    in_force(EXPIRY)
    assert run_checks(tags=TAGS) == []


def test_impossible_settings_are_told_once_and_by_their_own_check(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": "jwt_invalidation"}

    assert [error.id for error in run_checks(tags=TAGS)] == ["jwt_invalidation.E003"]
