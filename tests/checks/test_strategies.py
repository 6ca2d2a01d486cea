"""Strategies on sites that have, and have not, what they need."""

from datetime import timedelta

from django.apps import apps
from django.core.checks import ERROR, INFO
from django.urls import path
import pytest
from rest_framework.views import APIView

from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.tokens import AccessToken, SlidingToken
from tests.support.checking import check_site

pytestmark = [pytest.mark.with_blacklist]

IS_INSTALLED = apps.is_installed("rest_framework_simplejwt.token_blacklist")
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
def with_lifetime(monkeypatch, simplejwt_settings):
    def put(token_class, **lifetime):
        monkeypatch.setattr(token_class, "lifetime", timedelta(**lifetime))
        simplejwt_settings.AUTH_TOKEN_CLASSES = (token_class,)

    return put


@pytest.mark.skipif(IS_INSTALLED, reason="simplejwt's blacklist is installed")
def test_the_blacklist_strategy_without_its_app_is_refused(activate):
    activate(BLACKLIST)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E019", ERROR)
    assert str(error.obj) == 'JWT_INVALIDATION["STRATEGIES"]'
    assert '"rest_framework_simplejwt.token_blacklist"' in error.hint


@pytest.mark.skipif(not IS_INSTALLED, reason="simplejwt's blacklist is not installed")
def test_the_blacklist_strategy_with_its_app_is_accepted(activate):
    activate(VERSION, BLACKLIST)

    assert check_site() == []


@pytest.mark.skipif(not IS_INSTALLED, reason="simplejwt's blacklist is not installed")
def test_the_blacklist_strategy_without_a_jti_is_refused(activate, simplejwt_settings):
    activate(BLACKLIST)
    simplejwt_settings.JTI_CLAIM = None

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E021", ERROR)
    assert str(error.obj) == 'SIMPLE_JWT["JTI_CLAIM"]'


@pytest.mark.skipif(not IS_INSTALLED, reason="simplejwt's blacklist is not installed")
def test_simplejwts_tables_must_be_where_the_users_are_if_the_strategy_reads_them(activate, route):
    route(elsewhere=["token_blacklist.outstandingtoken"])
    assert check_site() == []

    activate(BLACKLIST)

    [error] = check_site()
    assert (error.id, error.level) == ("jwt_invalidation.E013", ERROR)
    assert "OutstandingToken" in error.msg


@pytest.mark.parametrize("token_class", [AccessToken, SlidingToken])
def test_lifetimes_over_ten_minutes_are_refused_where_the_expiry_decides(
    activate, with_lifetime, token_class
):
    with_lifetime(token_class, minutes=10, seconds=1)
    assert check_site() == []

    activate(EXPIRY)

    [error] = check_site()
    assert (error.id, error.level) == ("jwt_invalidation.E020", ERROR)
    assert str(error.obj) == f'SIMPLE_JWT["{token_class.token_type.upper()}_TOKEN_LIFETIME"]'
    assert f"Set {error.obj} to" in error.hint


@pytest.mark.parametrize("lifetime", [{"minutes": 10}, {"minutes": 5, "seconds": 1}])
def test_ten_minutes_are_allowed_and_five_recommended(activate, with_lifetime, lifetime):
    with_lifetime(AccessToken, **lifetime)
    activate(EXPIRY)

    [info] = check_site()

    assert (info.id, info.level) == ("jwt_invalidation.I002", INFO)
    assert str(info.obj) == 'SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]'


def test_five_minutes_are_accepted(activate, with_lifetime):
    with_lifetime(AccessToken, minutes=5)
    activate(EXPIRY)

    assert check_site() == []


def test_a_class_without_a_lifetime_is_accepted(activate, monkeypatch, simplejwt_settings):
    monkeypatch.setattr(AccessToken, "lifetime", None)
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken,)
    activate(EXPIRY)

    assert check_site() == []


def test_a_lifetime_of_a_projects_own_class_is_named_by_the_class(activate, with_lifetime):
    class DeviceToken(AccessToken):
        token_type = "device"

    with_lifetime(DeviceToken, hours=1)
    activate(EXPIRY)

    [error] = check_site()

    assert str(error.obj) == f"{__name__}.DeviceToken.lifetime"


@pytest.mark.urls("tests.checks.test_strategies")
@pytest.mark.parametrize("paths", [[VERSION], [EXPIRY, VERSION], []])
def test_a_stateless_view_is_refused_where_a_strategy_wants_the_database(activate, paths):
    activate(*paths)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E018", ERROR)
    assert str(error.obj) == f"{__name__}.Stateless at 'quick/'"
    assert STATELESS in error.msg
    assert EXPIRY in error.hint
    assert "VersionStrategy" in error.hint or not paths


@pytest.mark.urls("tests.checks.test_strategies")
def test_a_stateless_view_is_accepted_where_short_expiry_is_the_strategy(activate):
    activate(EXPIRY)

    assert check_site() == []


def test_a_stateless_default_is_refused_alike(activate, settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_AUTHENTICATION_CLASSES": [STATELESS],
    }

    [error] = check_site()
    assert error.id == "jwt_invalidation.E018"
    assert str(error.obj) == 'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]'

    activate(EXPIRY)
    assert check_site() == []


def test_impossible_settings_are_told_once_and_by_their_own_check(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": "jwt_invalidation"}

    assert [error.id for error in check_site()] == ["jwt_invalidation.E003"]
