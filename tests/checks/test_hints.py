"""Whoever follows a hint by the letter gets a site that works, and hears no more of it."""

from datetime import timedelta
import re
import sys

from django.core.checks import run_checks
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
from jwt_invalidation.conf import EXPIRY_STRATEGY, KEYS
from jwt_invalidation.revocation import Reason
from jwt_invalidation.tokens import AccessToken
from jwt_invalidation.urls import urlpatterns as ours
from tests.support import people
from tests.support.checking import check_site
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


def only_message():
    [message] = check_site()
    return message


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


@pytest.mark.parametrize("key", KEYS)
def test_the_example_of_a_setting_can_be_pasted_and_is_accepted(settings, key):
    settings.JWT_INVALIDATION = {key: object()}
    hint = only_message().hint
    example = re.fullmatch(
        r"Write in JWT_INVALIDATION, for example: (.*?)(, with `from datetime import timedelta`)?\.",
        hint,
    )
    assert ("timedelta(" in example[1]) == bool(example[2])

    settings.JWT_INVALIDATION = eval(f"{{{example[1]}}}", {"timedelta": timedelta})

    assert check_site() == []


def test_the_dict_in_place_of_what_is_none_can_be_pasted_and_changes_no_default(settings):
    settings.JWT_INVALIDATION = ["UNVERSIONED_TOKENS"]
    written = {}

    exec(only_message().hint.removeprefix("Write: ").partition(". ")[0], written)

    settings.JWT_INVALIDATION = written["JWT_INVALIDATION"]
    assert check_site() == []
    assert settings.JWT_INVALIDATION == {}


def test_a_user_id_field_as_shown_is_accepted(settings, simple_jwt):
    for impossible in ("nickname", "password"):
        simple_jwt(USER_ID_FIELD=impossible)
        hint = only_message().hint
        simple_jwt(**eval("{" + re.search(r'"USER_ID_FIELD": "\w+"', hint)[0] + "}"))
        assert check_site() == []


@pytest.mark.parametrize("key", ["", "short", None])
def test_a_new_signing_key_is_accepted_and_the_hint_says_whom_it_logs_out(
    settings, simple_jwt, monkeypatch, key
):
    import os

    simple_jwt(SIGNING_KEY=settings.SECRET_KEY if key is None else key)
    hint = only_message().hint
    command = re.search(r"python -c '(.*?)'", hint)[1]
    printed = []
    exec(command, {"print": printed.append})
    monkeypatch.setenv("JWT_SIGNING_KEY", printed[0])

    simple_jwt(**eval("{" + re.search(r'"SIGNING_KEY": .*?\]', hint)[0] + "}", {"os": os}))

    assert check_site() == []
    assert "everybody logs in again" in hint


@pytest.mark.parametrize(("minutes", "level"), [(15, "E020"), (8, "I002")])
def test_a_lifetime_as_shown_is_accepted_and_as_short_as_recommended(
    activate, monkeypatch, minutes, level
):
    activate(EXPIRY_STRATEGY)
    # simplejwt reads the setting once, when it is imported.
    monkeypatch.setattr(AccessToken, "lifetime", timedelta(minutes=minutes))
    message = only_message()
    assert message.id == f"jwt_invalidation.{level}"

    value = re.match(
        r'Set SIMPLE_JWT\["ACCESS_TOKEN_LIFETIME"\] to (timedelta\(.*?\))', message.hint
    )[1]
    monkeypatch.setattr(AccessToken, "lifetime", eval(value, {"timedelta": timedelta}))

    assert check_site() == []


def test_the_strategies_named_for_the_stateless_class_are_accepted(settings):
    stateless = "jwt_invalidation.authentication.JWTStatelessUserAuthentication"
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [stateless]}
    error = only_message()
    assert error.id == "jwt_invalidation.E018"

    settings.JWT_INVALIDATION = {"STRATEGIES": re.findall(r'List "(.*?)" alone', error.hint)}

    assert check_site() == []


def test_the_call_named_where_is_active_is_computed_is_one_that_works(alice, monkeypatch):
    from jwt_invalidation.checks import users

    monkeypatch.setattr(users, "is_active_is_stored", lambda: False)
    monkeypatch.setattr(users.user_model(), "is_active", property(lambda self: False))
    [warning] = run_checks(tags=["jwt_invalidation"])
    assert warning.id == "jwt_invalidation.W006"
    monkeypatch.undo()

    call, module = re.search(r"call (\w+\(.*?\)), from ([\w.]+)\.", warning.hint).groups()
    name = call.partition("(")[0]
    done = eval(call, {name: import_string(f"{module}.{name}"), "user": alice})

    assert (done, Reason.DEACTIVATED) == (1, "deactivated")
