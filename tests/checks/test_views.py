"""Views of tokens in the URLconf: simplejwt's, ours and children of both."""

from django.core.checks import ERROR, run_checks
from django.urls import path
import pytest
from rest_framework_simplejwt import views as simplejwt_views
from rest_framework_simplejwt.serializers import TokenRefreshSerializer

from jwt_invalidation import views

TAGS = ["jwt_invalidation"]
HERE = __name__


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
def test_a_reachable_view_of_simplejwts_is_refused_and_ours_named(settings, name):
    view = getattr(simplejwt_views, name)
    settings.ROOT_URLCONF = (path("token/", view.as_view(), name="token"),)

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E007", ERROR)
    place = f"'token/' [name='token'] leads to rest_framework_simplejwt.views.{name}"
    assert place in error.msg
    assert f"Use jwt_invalidation.views.{name} instead" in error.hint
    assert 'include("jwt_invalidation.urls")' in error.hint


@pytest.mark.parametrize(
    ("parent", "ours"),
    [
        (simplejwt_views.TokenRefreshView, "TokenRefreshView"),
        (simplejwt_views.TokenViewBase, "GatedTokenView"),
    ],
)
def test_a_child_of_simplejwts_view_is_refused_and_told_what_to_inherit(settings, parent, ours):
    class Refresh(parent):
        pass

    settings.ROOT_URLCONF = (path("refresh/", Refresh.as_view()),)

    [error] = run_checks(tags=TAGS)

    assert error.id == "jwt_invalidation.E007"
    assert f"'refresh/' leads to {HERE}.Refresh" in error.msg
    assert f"Let Refresh inherit from jwt_invalidation.views.{ours}" in error.hint


def test_a_view_of_simplejwts_with_a_serializer_of_its_own_is_one_message(settings):
    view = simplejwt_views.TokenRefreshView.as_view(serializer_class=TokenRefreshSerializer)
    settings.ROOT_URLCONF = (path("refresh/", view),)

    [error] = run_checks(tags=TAGS)

    assert error.id == "jwt_invalidation.E007"


def test_a_view_that_asks_its_own_class_before_ours_is_refused(settings):
    class Chooser(simplejwt_views.TokenViewBase):
        def get_serializer_class(self):
            return None

    class Refresh(Chooser, views.TokenRefreshView):
        pass

    settings.ROOT_URLCONF = (path("refresh/", Refresh.as_view()),)

    [error] = run_checks(tags=TAGS)

    assert error.id == "jwt_invalidation.E007"
    assert "named before its other bases" in error.hint


def test_a_child_of_our_view_is_left_in_peace(settings):
    class Refresh(views.TokenRefreshView):
        pass

    settings.ROOT_URLCONF = (path("refresh/", Refresh.as_view()),)

    assert run_checks(tags=TAGS) == []
