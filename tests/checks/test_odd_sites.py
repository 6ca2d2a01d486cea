"""Sites and views of an unusual kind, over which no check may stumble."""

from django.http import HttpResponse
from django.urls import include, path
from django.views import View
import pytest
from rest_framework.views import APIView
from rest_framework_simplejwt import authentication as simplejwt

from tests.support.checking import check_site


class Endless:
    """A view that claims to have whatever it is asked for, and to wrap itself."""

    def __getattr__(self, name):
        return self

    def __call__(self, request):
        return HttpResponse()


class Strange(View):
    authentication_classes = property(lambda self: [simplejwt.JWTAuthentication])
    serializer_class = "none"


class Unset(APIView):
    authentication_classes = None


class Textual(APIView):
    authentication_classes = ["rest_framework_simplejwt.authentication.JWTAuthentication", None]


def plain(request):
    return HttpResponse()


def test_odd_views_stop_no_check(settings):
    settings.ROOT_URLCONF = (
        path("plain/", plain),
        path("lambda/", lambda request: HttpResponse()),
        path("endless/", Endless()),
        path("strange/", Strange.as_view()),
        path("unset/", Unset.as_view()),
        path("textual/", Textual.as_view()),
        path("nothing/", include([])),
        ("neither", "pattern"),
    )

    assert check_site() == []


@pytest.mark.parametrize("urlconf", [None, ""])
def test_a_site_without_a_urlconf_stops_no_check(settings, urlconf):
    settings.ROOT_URLCONF = urlconf

    assert check_site() == []


def test_a_site_that_never_names_a_urlconf_stops_no_check(settings):
    del settings.ROOT_URLCONF

    assert check_site() == []
