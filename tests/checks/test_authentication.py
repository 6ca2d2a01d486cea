"""Views in the URLconf, however they got there, and the classes they authenticate by."""

from functools import partial, wraps

from django.core.checks import ERROR
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
import pytest
from rest_framework.decorators import action, api_view, authentication_classes
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet
from rest_framework_simplejwt import authentication as simplejwt

from jwt_invalidation.authentication import GatedAuthenticationMixin, JWTAuthentication
from tests.support.checking import check_site

HERE = __name__
STOCK = "rest_framework_simplejwt.authentication.JWTAuthentication"
OURS = "jwt_invalidation.authentication.JWTAuthentication"


class CookieAuthentication(simplejwt.JWTAuthentication):
    """Another package's, which reads the token from elsewhere."""

    def authenticate(self, request):
        return None


class GatedCookieAuthentication(GatedAuthenticationMixin, CookieAuthentication):
    pass


class LateGateAuthentication(CookieAuthentication, GatedAuthenticationMixin):
    """The gate comes after simplejwt's class: it is never asked."""


class StatelessFirst(simplejwt.JWTStatelessUserAuthentication, JWTAuthentication):
    """The gate comes after a class with a ``get_user`` of its own."""


class OwnGate(JWTAuthentication):
    def get_user(self, validated_token):
        return super().get_user(validated_token)


class Stock(APIView):
    authentication_classes = [simplejwt.JWTAuthentication]


class StockSet(ViewSet):
    authentication_classes = [simplejwt.JWTAuthentication]

    def list(self, request):
        return None


class ExtraAction(ViewSet):
    def list(self, request):
        return None

    @action(detail=False, authentication_classes=[simplejwt.JWTAuthentication])
    def export(self, request):
        return None


@api_view(["GET"])
@authentication_classes([simplejwt.JWTAuthentication])
def stock_function(request):
    return None


def bare_decorator(view):
    """Keep nothing of the view but what ``functools.wraps`` does."""

    @wraps(view, updated=())
    def inner(request):
        return view(request)

    return inner


def routed(viewset):
    router = SimpleRouter()
    router.register("things", viewset, basename="thing")
    return include((router.urls, "api"), namespace="v1")


@pytest.mark.parametrize(
    ("pattern", "view"),
    [
        (path("me/", Stock.as_view(), name="me"), f"{HERE}.Stock at 'me/' [name='me']"),
        (path("me/", Stock.as_view()), f"{HERE}.Stock at 'me/'"),
        (re_path("^me/$", Stock.as_view()), f"{HERE}.Stock at '^me/$'"),
        (path("me/", stock_function), f"{HERE}.stock_function at 'me/'"),
        (path("me/", never_cache(Stock.as_view())), f"{HERE}.Stock at 'me/'"),
        (path("me/", bare_decorator(Stock.as_view())), f"{HERE}.Stock at 'me/'"),
        (path("me/", partial(Stock.as_view(), extra=1)), f"{HERE}.Stock at 'me/'"),
        (
            path("api/", routed(StockSet)),
            f"{HERE}.StockSet at 'api/^things/$' [name='v1:thing-list']",
        ),
        (
            path("api/", routed(ExtraAction)),
            f"{HERE}.ExtraAction at 'api/^things/export/$' [name='v1:thing-export']",
        ),
        (
            path("a/", include([path("b/", include([path("me/", Stock.as_view(), name="me")]))])),
            f"{HERE}.Stock at 'a/b/me/' [name='me']",
        ),
    ],
)
def test_a_reachable_view_that_authenticates_without_the_gate_is_refused(settings, pattern, view):
    settings.ROOT_URLCONF = (pattern,)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E006", ERROR)
    assert str(error.obj) == view
    assert error.msg == f"The view accepts revoked tokens: it authenticates by {STOCK}."
    assert error.hint.startswith(f"Name {OURS} instead. If another package defines the view, ")


@pytest.mark.parametrize(
    ("cls", "remedy"),
    [
        (
            CookieAuthentication,
            "class GatedCookieAuthentication(GatedAuthenticationMixin, CookieAuthentication): pass",
        ),
        # A child of these with the mixin first has no order of bases.
        (LateGateAuthentication, "first among the bases of LateGateAuthentication."),
        (StatelessFirst, "first among the bases of StatelessFirst."),
    ],
)
def test_a_class_in_which_the_gate_is_not_asked_is_refused_and_the_remedy_shown(
    settings, cls, remedy
):
    class Me(APIView):
        authentication_classes = (cls,)

    settings.ROOT_URLCONF = (path("me/", Me.as_view()),)

    [error] = check_site()

    assert error.id == "jwt_invalidation.E006"
    assert f"{HERE}.{cls.__name__}" in error.msg
    assert remedy in error.hint
    assert "jwt_invalidation.authentication" in error.hint


def test_two_classes_without_the_gate_on_one_view_are_one_message(settings):
    class Me(APIView):
        authentication_classes = [simplejwt.JWTAuthentication, CookieAuthentication]

    settings.ROOT_URLCONF = (path("me/", Me.as_view()),)

    [error] = check_site()

    assert f"by {STOCK} and {HERE}.CookieAuthentication." in error.msg


@pytest.mark.parametrize("cls", [JWTAuthentication, GatedCookieAuthentication, OwnGate])
def test_a_class_in_which_the_gate_comes_first_is_accepted(settings, cls):
    class Me(APIView):
        authentication_classes = [cls]

    settings.ROOT_URLCONF = (path("me/", Me.as_view()),)

    assert check_site() == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (STOCK, f"Name {OURS} instead."),
        (f"{HERE}.CookieAuthentication", "class GatedCookieAuthentication("),
    ],
)
def test_a_default_of_drf_without_the_gate_is_refused_once(settings, name, hint):
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [OURS, name]}

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E005", ERROR)
    assert str(error.obj) == 'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]'
    assert f" {name}," in error.msg
    assert hint in error.hint


def test_a_view_with_the_defaults_of_drf_is_not_told_again(settings, monkeypatch):
    monkeypatch.setattr(APIView, "authentication_classes", [simplejwt.JWTAuthentication])
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [STOCK]}

    messages = check_site()

    assert [message.id for message in messages] == ["jwt_invalidation.E005"]


@pytest.mark.parametrize("declared", [["nowhere.Authentication"], OURS, []])
def test_defaults_that_drf_itself_stumbles_over_stop_no_check(settings, declared):
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": declared}

    assert check_site() == []
