"""Whoever follows a hint about a class by the letter gets a site that works, and hears no more of it."""

import re
import sys

from django.urls import include, path
from django.utils.module_loading import import_string
import pytest
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt import authentication as simplejwt_authentication
from rest_framework_simplejwt import serializers as simplejwt_serializers
from rest_framework_simplejwt import views as simplejwt_views

from jwt_invalidation.authentication import JWTAuthentication
from jwt_invalidation.urls import urlpatterns as ours
from tests.support import people
from tests.support.checking import check_site, only_message
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)

HERE = __name__
COOKIE = "refresh"


class CookieRefreshSerializer(simplejwt_serializers.TokenRefreshSerializer):
    """Another package's, which reads the token from a cookie."""

    refresh = simplejwt_serializers.serializers.CharField(required=False)

    def validate(self, attrs):
        attrs["refresh"] = self.context["request"].COOKIES[COOKIE]
        return super().validate(attrs)


class CookieRefreshView(simplejwt_views.TokenRefreshView):
    """Another package's, which names its own serializer."""

    serializer_class = CookieRefreshSerializer


class OddRefreshView(simplejwt_views.TokenViewBase):
    """Another package's. Nothing but its serializer tells what it does."""

    serializer_class = simplejwt_serializers.TokenRefreshSerializer


class CookieAuthentication(simplejwt_authentication.JWTAuthentication):
    """Another package's, which reads the token from a cookie."""

    def get_header(self, request):
        return f"Bearer {request.COOKIES['access']}".encode()


class Me(APIView):
    """Another package's view."""

    authentication_classes = [simplejwt_authentication.JWTAuthentication]

    def get(self, request):
        return Response()


class Login(GenericAPIView):
    """Another package's view, with a serializer of simplejwt's."""

    authentication_classes = []
    permission_classes = []
    serializer_class = simplejwt_serializers.TokenObtainPairSerializer

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


def write_class(hint, base):
    """Write into a module the one class that a hint shows, with the imports that it names."""
    [line] = re.findall(r"class \w+\(.*?\): pass", hint)
    [(name, module)] = re.findall(r"with (\w+) from ([\w.]+?):? ", f"{hint} ")
    names = {base.__name__: base, name: import_string(f"{module}.{name}"), "__name__": HERE}
    exec(line, names)
    return names[re.findall(r"class (\w+)", line)[0]]


def dotted_path_in(hint):
    return re.findall(r"jwt_invalidation(?:\.\w+)+", hint)[0]


@pytest.mark.parametrize(
    "name",
    [
        "TokenObtainPairView",
        "TokenRefreshView",
        "TokenVerifyView",
        "TokenBlacklistView",
        "TokenObtainSlidingView",
        "TokenRefreshSlidingView",
    ],
)
def test_the_view_and_the_include_that_replace_one_of_simplejwts_are_there(settings, name):
    stock = getattr(simplejwt_views, name)
    settings.ROOT_URLCONF = (path("token/", stock.as_view()),)
    hint = only_message().hint

    settings.ROOT_URLCONF = (path("token/", import_string(dotted_path_in(hint)).as_view()),)
    assert check_site() == []

    pattern = eval(re.search(r"path\(.*\)", hint)[0], {"path": path, "include": include})
    settings.ROOT_URLCONF = (pattern,)
    assert check_site() == []
    assert issubclass(
        import_string(dotted_path_in(hint)),
        tuple(each.callback.cls for each in ours if issubclass(each.callback.cls, stock)),
    )


def test_of_another_packages_view_step_by_step_a_child_that_refreshes_by_its_cookie(
    client, alice, settings
):
    pair = people.tokens(client, alice)
    settings.ROOT_URLCONF = (path("refresh/", CookieRefreshView.as_view()),)

    view = write_class(only_message().hint, CookieRefreshView)
    settings.ROOT_URLCONF = (path("refresh/", view.as_view()),)
    error = only_message()
    assert error.id == "jwt_invalidation.E017"
    view.serializer_class = write_class(error.hint, CookieRefreshSerializer)
    warning = only_message()
    assert warning.id == "jwt_invalidation.W005"
    assert "SILENCED_SYSTEM_CHECKS" in warning.hint
    settings.SILENCED_SYSTEM_CHECKS = [warning.id]
    assert check_site()[0].is_silenced()

    client.cookies[COOKIE] = pair["refresh"]
    assert client.post("/refresh/").status_code == 200
    alice.set_password("another horse")
    alice.save()
    assert client.post("/refresh/").json()["code"] == "token_revoked"


def test_of_another_packages_view_that_only_its_serializer_tells_a_child_refreshes(
    client, alice, settings
):
    pair = people.tokens(client, alice)
    settings.ROOT_URLCONF = (path("refresh/", OddRefreshView.as_view()),)

    view = write_class(only_message().hint, OddRefreshView)
    view.serializer_class = import_string("jwt_invalidation.serializers.TokenRefreshSerializer")
    settings.ROOT_URLCONF = (path("refresh/", view.as_view()),)

    assert check_site() == []
    assert client.post("/refresh/", {"refresh": pair["refresh"]}).status_code == 200


def test_a_view_of_which_nothing_tells_what_it_does_needs_what_our_views_have(settings):
    class Base(simplejwt_views.TokenViewBase):
        pass

    settings.ROOT_URLCONF = (path("odd/", Base.as_view()),)

    hint = only_message().hint

    assert "serializer_setting and guarded_serializer" in hint
    assert issubclass(write_class(hint, Base), Base)


def test_another_packages_authentication_gets_a_gated_child_as_a_default(client, alice, settings):
    default = settings.REST_FRAMEWORK
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [f"{HERE}.CookieAuthentication"]}
    error = only_message()
    assert error.id == "jwt_invalidation.E005"

    gated = write_class(error.hint, CookieAuthentication)
    setattr(sys.modules[HERE], gated.__name__, gated)
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [f"{HERE}.{gated.__name__}"]}

    assert check_site() == []
    settings.REST_FRAMEWORK = default
    view = type("View", (Me,), {"authentication_classes": [gated]})
    settings.ROOT_URLCONF = (*_site(), path("me/", view.as_view()))
    client.cookies["access"] = people.tokens(client, alice)["access"]
    assert client.get("/me/").status_code == 200
    alice.set_password("another horse")
    alice.save()
    assert client.get("/me/").json()["code"] == "token_revoked"


def _site():
    return (path("api/token/", include("jwt_invalidation.urls")),)


def test_simplejwts_authentication_is_replaced_in_the_setting_and_on_a_child(settings):
    stock = "rest_framework_simplejwt.authentication.JWTAuthentication"
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [stock]}
    named = dotted_path_in(only_message().hint)

    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [named]}
    assert check_site() == []

    settings.ROOT_URLCONF = (path("me/", Me.as_view()),)
    cls = import_string(dotted_path_in(only_message().hint))
    child = type("Child", (Me,), {"authentication_classes": [cls]})
    settings.ROOT_URLCONF = (path("me/", child.as_view()),)
    assert check_site() == []
    assert cls is JWTAuthentication


def test_another_packages_serializer_gets_a_gated_child_in_the_setting(
    client, alice, settings, simple_jwt
):
    pair = people.tokens(client, alice)
    simple_jwt(TOKEN_REFRESH_SERIALIZER=f"{HERE}.CookieRefreshSerializer")
    error = only_message()
    assert error.id == "jwt_invalidation.E016"

    gated = write_class(error.hint, CookieRefreshSerializer)
    setattr(sys.modules[HERE], gated.__name__, gated)
    simple_jwt(TOKEN_REFRESH_SERIALIZER=f"{HERE}.{gated.__name__}")

    assert [each.id for each in check_site()] == ["jwt_invalidation.W005"]
    client.cookies[COOKIE] = pair["refresh"]
    assert client.post("/api/token/refresh/").status_code == 200


def test_another_view_with_simplejwts_serializer_logs_in_with_ours(client, alice, settings):
    settings.ROOT_URLCONF = (path("login/", Login.as_view()),)
    serializer = import_string(dotted_path_in(only_message().hint))
    child = type("Child", (Login,), {"serializer_class": serializer})
    settings.ROOT_URLCONF = (path("login/", child.as_view()),)
    assert check_site() == []

    pair = client.post("/login/", people.credentials(alice)).json()
    settings.ROOT_URLCONF = "tests.settings.urls"

    assert_alive(client, pair)
    alice.set_password("another horse")
    alice.save()
    assert_revoked(client, pair)
