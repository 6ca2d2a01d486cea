"""Views and authentication classes of a project's own, in the schema and beside it."""

import sys
from types import ModuleType

from django.apps import apps
from django.urls import path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_view
import pytest
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from jwt_invalidation import views
from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.serializers import TokenObtainPairSerializer
from tests.support.openapi import generate
from tests.support.promise_runs import assert_the_promise_is_kept

ERRORS = {"400", "401", "403", "503"}


class HeaderAuthentication(JWTAuthentication):
    pass


class CodeSerializer(TokenObtainPairSerializer):
    code = serializers.CharField(write_only=True)


class WithCode(views.TokenObtainPairView):
    serializer_class = CodeSerializer


def operation(settings, view, method="post"):
    """Return the operation of one view, and the whole schema."""
    settings.ROOT_URLCONF = ModuleType("urls")
    settings.ROOT_URLCONF.urlpatterns = [path("view/", view.as_view())]
    schema = generate()
    return schema["paths"]["/view/"][method], schema


@pytest.mark.parametrize("declared", [HeaderAuthentication, JWTStatelessUserAuthentication])
def test_a_child_of_our_class_has_our_scheme(settings, declared):
    settings.JWT_INVALIDATION = {
        "STRATEGIES": ["jwt_invalidation.strategies.expiry.ExpiryStrategy"]
    }

    class Profile(GenericAPIView):
        authentication_classes = [declared]

        @extend_schema(responses={204: None})
        def get(self, request):
            return Response(status=204)

    described, schema = operation(settings, Profile, "get")

    assert described["security"] == [{"accessTokenAuth": []}]
    assert set(schema["components"]["securitySchemes"]) == {"accessTokenAuth"}


def test_a_projects_own_extension_for_a_child_goes_first(settings, monkeypatch):
    class CookieAuthentication(JWTAuthentication):
        pass

    registry = list(OpenApiAuthenticationExtension._registry)
    monkeypatch.setattr(OpenApiAuthenticationExtension, "_registry", registry)

    class CookieScheme(OpenApiAuthenticationExtension):
        target_class = CookieAuthentication
        name = "cookie"

        def get_security_definition(self, auto_schema):
            return {"type": "apiKey", "in": "cookie", "name": "token"}

    class Sessions(views.SessionListView):
        authentication_classes = [CookieAuthentication]

    described, _ = operation(settings, Sessions, "get")

    assert described["security"] == [{"cookie": []}]


def test_a_child_of_our_view_takes_its_own_body_and_answers_as_ours(settings):
    described, schema = operation(settings, WithCode)

    body = schema["components"]["schemas"]["Code"]
    assert {"code", "password"} <= set(body["required"])
    assert set(described["responses"]) == {"200", *ERRORS}
    assert described["tags"] == ["tokens"]


@pytest.mark.parametrize(
    "say",
    [
        extend_schema(description="In their words.", responses={200: None}),
        extend_schema_view(
            post=extend_schema(description="In their words.", responses={200: None})
        ),
    ],
    ids=["class", "method"],
)
def test_what_a_project_says_of_its_child_goes_before_ours(settings, say):
    described, _ = operation(settings, say(type("Login", (WithCode,), {})))

    assert described["description"] == "In their words."
    assert set(described["responses"]) == {"200"}
    assert described["tags"] == ["tokens"]


def test_a_schema_class_of_a_childs_own_goes_before_ours(settings):
    class Shouting(AutoSchema):
        def get_operation_id(self):
            return super().get_operation_id().upper()

        def get_tags(self):
            return ["loud"]

    class Logout(views.LogoutView):
        schema = Shouting()

    described, _ = operation(settings, Logout)

    assert (described["operationId"], described["tags"]) == ("VIEW_CREATE", ["loud"])
    assert set(described["responses"]) == {"204", "400", "401", "503"}
    assert described["security"] == [{"accessTokenAuth": []}, {}]


def test_of_what_a_project_says_that_of_the_method_goes_first(settings):
    @extend_schema(description="Of the class.", tags=["theirs"])
    @extend_schema_view(post=extend_schema(description="Of the method."))
    class Login(WithCode):
        pass

    described, _ = operation(settings, Login)

    assert (described["description"], described["tags"]) == ("Of the method.", ["theirs"])
    assert set(described["responses"]) == {"200", *ERRORS}


def test_our_views_are_as_they_were_once_the_schema_is_made(settings):
    before = {view: dict(vars(view)) for view in (views.TokenObtainPairView, views.LogoutView)}

    generate()

    assert {view: dict(vars(view)) for view in before} == before


def test_the_view_of_simplejwts_blacklist_is_described(settings):
    described, _ = operation(settings, views.TokenBlacklistView)

    assert set(described["responses"]) == {"200", "400", "401", "503"}


def test_an_endpoint_of_a_projects_own_is_left_to_the_project(settings):
    class Ping(views.SessionEndpoint):
        @extend_schema(responses={204: None})
        def get(self, request):
            return Response(status=204)

    described, _ = operation(settings, Ping, "get")

    assert set(described["responses"]) == {"204"}
    assert described["security"] == [{"accessTokenAuth": []}]


def test_only_a_site_with_drf_spectacular_imports_the_schema(monkeypatch):
    import jwt_invalidation

    config = apps.get_app_config("jwt_invalidation")
    loaded = sys.modules["jwt_invalidation.openapi"]
    monkeypatch.delitem(sys.modules, "jwt_invalidation.openapi")
    monkeypatch.delattr(jwt_invalidation, "openapi")
    apps.set_available_apps(
        [each.name for each in apps.get_app_configs() if each.label != "drf_spectacular"]
    )
    try:
        config.ready()
    finally:
        apps.unset_available_apps()

    assert "jwt_invalidation.openapi" not in sys.modules
    assert loaded.AccessTokenScheme in OpenApiAuthenticationExtension._registry


def test_without_drf_spectacular_the_promise_is_kept():
    assert_the_promise_is_kept("tests.settings.without_spectacular")
