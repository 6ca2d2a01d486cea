"""How check messages name classes and settings, and how Django prints them."""

from django.core.checks import Error
import pytest
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

from jwt_invalidation import authentication, serializers, tokens, views
from jwt_invalidation.checks.classes import dotted
from jwt_invalidation.checks.reachable import ReachableView
from jwt_invalidation.checks.replacements import REPLACEMENTS, replacements_of
from jwt_invalidation.checks.subjects import Setting
from jwt_invalidation.strategies.base import Strategy
from jwt_invalidation.strategies.version import VersionStrategy


class Refresh(views.TokenRefreshView):
    pass


@pytest.mark.parametrize(
    ("cls", "path"),
    [
        (views.TokenRefreshView, "jwt_invalidation.views.TokenRefreshView"),
        (
            serializers.TokenRefreshSerializer,
            "jwt_invalidation.serializers.TokenRefreshSerializer",
        ),
        (Strategy, "jwt_invalidation.strategies.Strategy"),
        (VersionStrategy, "jwt_invalidation.strategies.version.VersionStrategy"),
        (authentication.JWTAuthentication, "jwt_invalidation.authentication.JWTAuthentication"),
        (simplejwt.AccessToken, "rest_framework_simplejwt.tokens.AccessToken"),
        (Refresh, f"{__name__}.Refresh"),
    ],
)
def test_a_class_has_the_path_that_a_project_imports_it_from(cls, path):
    assert dotted(cls) == path


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (Setting("DATABASE_ROUTERS"), "DATABASE_ROUTERS"),
        (Setting("SIMPLE_JWT", "SIGNING_KEY"), 'SIMPLE_JWT["SIGNING_KEY"]'),
        (ReachableView("'refresh/'", Refresh, {}), f"{__name__}.Refresh at 'refresh/'"),
    ],
)
def test_django_prints_the_subject_of_a_message_before_it(subject, text):
    message = Error("The message.", obj=subject, id="jwt_invalidation.E000")

    assert str(message) == f"{text}: (jwt_invalidation.E000) The message."


def test_messages_about_the_same_view_or_setting_are_equal():
    view = ReachableView("'refresh/'", Refresh, {"serializer_class": None})
    same = ReachableView("'refresh/'", Refresh, {"serializer_class": None})
    other = ReachableView("'refresh/'", Refresh, {})

    assert Error("The message.", obj=view) == Error("The message.", obj=same)
    assert Error("The message.", obj=view) != Error("The message.", obj=other)
    assert Setting("SIMPLE_JWT", "LEEWAY") == Setting("SIMPLE_JWT", "LEEWAY")


def test_each_replacement_passes_for_what_it_replaces():
    others = [stock for stock, ours in REPLACEMENTS.items() if not issubclass(ours, stock)]

    # Ours, in place of a class that asks no database, asks it.
    assert others == [JWTStatelessUserAuthentication]


def test_the_nearest_replacement_comes_first():
    assert replacements_of(Refresh) == [views.TokenRefreshView, views.GatedTokenView]
    assert replacements_of(tokens.AccessToken) == [tokens.AccessToken]
    assert replacements_of(Strategy) == []
