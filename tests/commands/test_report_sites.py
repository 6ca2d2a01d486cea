"""Which views of a site are guarded, and which are not."""

from django.urls import include, path
import pytest
from rest_framework.generics import GenericAPIView
from rest_framework.views import APIView
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.serializers import TokenRefreshSerializer, TokenVerifySerializer
from rest_framework_simplejwt.views import TokenRefreshView

from jwt_invalidation import serializers, views
from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from tests.support.checking import check_site
from tests.support.reporting import (
    DEFAULT,
    EXPIRY,
    STATELESS,
    by_default,
    kinds,
    me,
    report,
    screen,
    text,
)
from tests.support.views import Me

pytestmark = pytest.mark.django_db

OURS = "jwt_invalidation.authentication.JWTAuthentication"
STOCK = "rest_framework_simplejwt.authentication.JWTAuthentication"

TOKENS = path("api/token/", include("jwt_invalidation.urls"))


class Foreign(TokenRefreshSerializer):
    pass


def test_a_site_that_is_guarded_says_that_none_is_unguarded():
    shown = text()

    assert "Delay none: refused at the next request Views 12 guarded, none unguarded" in shown
    assert set(kinds()) == {"guarded"}
    assert "'api/me/' [name='me']" in kinds()["guarded"]


def test_an_unguarded_view_is_named_with_the_hint(settings):
    settings.ROOT_URLCONF = (me(simplejwt.JWTAuthentication), me(JWTAuthentication, "mine/"))

    shown = text()

    assert "Views 1 guarded, 1 unguarded" in shown
    assert (
        "- tests.support.views.Me at 'api/me/': The view accepts revoked tokens: it auth" in shown
    )
    assert f"by {STOCK}. Name {OURS} instead." in shown
    assert "5 minutes where requests are authenticated without the gate none elsewhere" in shown
    assert kinds() == {"unguarded": ["'api/me/'"], "guarded": ["'mine/'"]}


def test_a_view_whose_name_begins_another_is_not_mistaken_for_it(settings):
    class Men(Me):
        pass

    class Menu(Me):
        authentication_classes = [simplejwt.JWTAuthentication]

    settings.ROOT_URLCONF = (path("", Men.as_view()), path("", Menu.as_view()))

    assert kinds() == {"guarded": ["''"], "unguarded": ["''"]}


def test_a_default_without_the_gate_leaves_all_views_unguarded_that_do_not_name_their_own(settings):
    by_default(settings, STOCK)
    settings.ROOT_URLCONF = (path("api/me/", Me.as_view()), me(JWTAuthentication, "own/"), TOKENS)

    found = kinds()

    assert found["unguarded"] == [DEFAULT, "'api/me/'"]
    assert len(found["guarded"]) == 1 + 11
    assert f"{DEFAULT}: The setting names {STOCK}" in text()
    assert report()["delay"]["unguarded_authentication"] == 300


def test_a_default_that_asks_no_database_is_told_even_where_no_view_has_it(settings):
    by_default(settings, STATELESS)
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY]}
    settings.ROOT_URLCONF = (me(JWTAuthentication),)

    assert kinds() == {"stateless": [DEFAULT], "guarded": ["'api/me/'"]}
    assert report()["delay"]["worst_case"] == 300
    assert "5 minutes where no database is asked" in text()


def test_views_that_have_the_default_are_as_stateless_as_it(settings):
    by_default(settings, STATELESS)
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY]}
    settings.ROOT_URLCONF = (path("api/me/", Me.as_view()), me(JWTAuthentication, "own/"))

    assert kinds() == {"stateless": [DEFAULT, "'api/me/'"], "guarded": ["'own/'"]}


def test_stateless_views_are_named_and_many_of_them_counted(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY]}
    routes = ["a/", "b/", "c/", "d/", "e/"]

    settings.ROOT_URLCONF = tuple(me(JWTStatelessUserAuthentication, each) for each in routes)
    all_of_them = text()
    settings.ROOT_URLCONF = settings.ROOT_URLCONF[:3]
    some = text()

    assert (
        "0 guarded, 5 stateless, none unguarded of the kinds it knows stateless: 'a/', 'b/', 'c/' and 2 more"
        in (all_of_them)
    )
    assert "stateless: 'a/', 'b/', 'c/' Sessions" in some


def test_a_view_of_tokens_without_the_gate_is_named_with_the_hint(settings):
    view = TokenRefreshView.as_view()
    settings.ROOT_URLCONF = (path("refresh/", view, name="refresh"), TOKENS)

    shown = text()

    assert "11 guarded, 1 unguarded" in shown
    name = "rest_framework_simplejwt.views.TokenRefreshView at 'refresh/' [name='refresh']"
    assert f"- {name}: The view does not check whether" in shown
    assert "Use jwt_invalidation.views.TokenRefreshView instead" in shown
    assert kinds()["unguarded"] == ["'refresh/' [name='refresh']"]


def test_a_serializer_without_the_gate_is_a_hole_wherever_it_is_named(settings):
    class Own(GenericAPIView):
        authentication_classes = ()
        serializer_class = Foreign

    class Guarded(Own):
        serializer_class = serializers.TokenRefreshSerializer

    settings.ROOT_URLCONF = (path("own/", Own.as_view()), path("good/", Guarded.as_view()))

    assert kinds() == {"unguarded": ["'own/'"], "guarded": ["'good/'"]}
    assert report()["delay"]["unguarded_views_of_tokens"] == 86_400


def test_what_is_merely_doubted_is_guarded(settings):
    class Impatient(TokenVerifySerializer):
        def validate(self, attrs):
            return super().validate(attrs)

    class Behind(Impatient, serializers.TokenVerifySerializer):
        pass

    view = views.TokenVerifyView.as_view(serializer_class=Behind)
    settings.ROOT_URLCONF = (path("verify/", view),)

    [doubt] = check_site()

    assert doubt.id == "jwt_invalidation.W005"
    assert kinds() == {"guarded": ["'verify/'"]}
    assert report()["views"]["findings"] == []


def test_views_that_take_no_tokens_are_not_counted(settings):
    class Open(APIView):
        authentication_classes = None

    settings.ROOT_URLCONF = (path("open/", Open.as_view()), path("plain/", lambda request: None))

    assert kinds() == {}
    assert "0 guarded, none unguarded" in text()


def test_the_logout_accepts_revoked_tokens_by_design_and_is_not_counted():
    # It ends the session that the token names. A second request with it gets the same answer.
    names = [name for each in kinds().values() for name in each]

    assert [name for name in names if "name='token_logout'" in name] == []
    assert [name for name in names if "name='token_logout_all'" in name] != []


def test_of_many_findings_those_are_shown_for_which_there_is_room(settings):
    settings.ROOT_URLCONF = tuple(me(simplejwt.JWTAuthentication, f"{n}/") for n in range(9))

    shown = {lines: screen(lines=lines) for lines in (5, 24, 35, 100)}

    assert [" ".join(each).count("accepts revoked") for each in shown.values()] == [1, 1, 2, 9]
    assert "             and 8 more: manage.py check --tag jwt_invalidation" in shown[5]
    assert len(shown[35]) < 35
    assert "more:" not in "".join(shown[100])
    assert len(report()["views"]["findings"]) == 9
