"""Views of tokens in the URLconf: simplejwt's, ours and children of both."""

from django.core.checks import ERROR
from django.urls import path
import pytest
from rest_framework_simplejwt import views as simplejwt_views
from rest_framework_simplejwt.serializers import TokenRefreshSerializer

from jwt_invalidation import views
from tests.support.checking import check_site

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

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E007", ERROR)
    assert str(error.obj) == f"rest_framework_simplejwt.views.{name} at 'token/' [name='token']"
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

    [error] = check_site()

    assert error.id == "jwt_invalidation.E007"
    assert str(error.obj) == f"{HERE}.Refresh at 'refresh/'"
    assert f"Let Refresh inherit from jwt_invalidation.views.{ours}" in error.hint


def test_a_view_of_simplejwts_with_a_serializer_of_its_own_is_one_message(settings):
    view = simplejwt_views.TokenRefreshView.as_view(serializer_class=TokenRefreshSerializer)
    settings.ROOT_URLCONF = (path("refresh/", view),)

    [error] = check_site()

    assert error.id == "jwt_invalidation.E007"


def test_a_view_that_asks_its_own_class_before_ours_is_refused(settings):
    class Chooser(simplejwt_views.TokenViewBase):
        def get_serializer_class(self):
            return None

    class Refresh(Chooser, views.TokenRefreshView):
        pass

    settings.ROOT_URLCONF = (path("refresh/", Refresh.as_view()),)

    [error] = check_site()

    assert error.id == "jwt_invalidation.E007"
    assert "named before its other bases" in error.hint


def test_a_child_of_our_view_is_accepted(settings):
    class Refresh(views.TokenRefreshView):
        pass

    settings.ROOT_URLCONF = (path("refresh/", Refresh.as_view()),)

    assert check_site() == []
