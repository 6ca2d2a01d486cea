"""Modules, reached from the URLconf, that hold classes of simplejwt's where ours should be."""

from django.core.checks import WARNING
from django.urls import path

from jwt_invalidation import views
from tests.support.checking import check_site
from tests.support.stacks.logins import CookieAuthentication
from tests.support.stacks.others import view_of
from tests.support.stacks.views import login
from tests.support.views import Me

LOGINS = "tests.support.stacks.logins"


def warnings():
    return [each for each in check_site(with_modules=True) if each.id == "jwt_invalidation.W009"]


def test_the_module_that_a_view_leaves_the_work_to_is_named_with_what_it_holds(settings):
    settings.ROOT_URLCONF = (path("login/", login),)

    of_module, of_class = sorted(warnings(), key=lambda each: each.msg)

    assert (of_class.level, of_class.obj) == (WARNING, LOGINS)
    assert (of_module.level, of_module.obj) == (WARNING, LOGINS)
    assert "holds rest_framework_simplejwt.authentication:" in of_module.msg
    assert "Use jwt_invalidation.authentication instead" in of_module.hint
    assert "holds rest_framework_simplejwt.tokens.RefreshToken:" in of_class.msg
    assert "Use jwt_invalidation.tokens.RefreshToken instead" in of_class.hint


def test_a_view_that_does_not_reach_the_module_is_accepted(settings):
    settings.ROOT_URLCONF = (
        path("me/", Me.as_view(authentication_classes=[CookieAuthentication])),
        path("refresh/", views.TokenRefreshView.as_view()),
        path("elsewhere/", view_of("no.such.module").as_view()),
    )

    assert warnings() == []


def test_this_very_module_holds_the_base_of_a_class_and_is_accepted():
    assert warnings() == []
