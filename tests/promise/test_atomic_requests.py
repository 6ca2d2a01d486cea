"""Under ``ATOMIC_REQUESTS``: no refusal depends on a write, and what must be written stays."""

from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
import pytest

from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.views import TokenRefreshView
from tests.support import legacy, people, views
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "other"]),
    pytest.mark.urls("tests.promise.test_atomic_requests"),
    pytest.mark.usefixtures("atomic_requests"),
]


class ProjectsOwnRefreshView(TokenRefreshView):
    """A project's subclass."""


urlpatterns = [
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/own/refresh/", ProjectsOwnRefreshView.as_view()),
    path("api/me/", views.Me.as_view()),
]


def change_behind_our_back(user):
    type(user).objects.filter(pk=user.pk).update(password=make_password("another horse"))


def test_a_changed_password_is_refused_although_the_refusal_is_rolled_back(client, alice):
    hers = people.tokens(client, alice)
    change_behind_our_back(alice)

    with CaptureQueriesContext(connections["default"]) as queries:
        answer = people.ask(client, hers["access"])

    assert answer.json()["code"] == "token_revoked"
    # The gate does not even try, inside the request's own transaction.
    assert [each for each in queries if each["sql"].startswith(("INSERT", "UPDATE"))] == []
    assert_revoked(client, hers)


@pytest.mark.parametrize("url", ["/api/token/refresh/", "/api/own/refresh/"])
def test_a_refused_refresh_records_what_it_saw_also_in_a_projects_subclass(client, alice, url):
    hers = people.tokens(client, alice)
    change_behind_our_back(alice)

    assert client.post(url, {"refresh": hers["refresh"]}).status_code == 401

    assert Revocation.objects.get().reason == "out_of_band"


def test_a_refused_verification_records_what_it_saw(client, alice):
    hers = people.tokens(client, alice)
    change_behind_our_back(alice)

    assert people.verify(client, hers["access"]).status_code == 401

    assert Revocation.objects.get().reason == "out_of_band"


def test_a_login_refused_for_its_password_keeps_what_it_recorded(client, alice):
    change_behind_our_back(alice)

    people.tokens(client, alice, "another horse")

    assert Revocation.objects.get().reason == "out_of_band"


def test_good_tokens_pass(client, alice):
    hers = people.tokens(client, alice)

    assert_alive(client, hers)
    assert client.post("/api/own/refresh/", {"refresh": hers["refresh"]}).status_code == 200


def test_the_first_sight_of_an_old_token_within_a_request_makes_its_row(client, alice):
    pair = legacy.pair_of(alice)
    legacy.forget_everybody()

    assert people.ask(client, pair["access"]).status_code == 200

    assert TokenState.objects.get().user_id == alice.pk


@pytest.mark.parametrize("alias", ["default", "other"])
def test_our_views_are_outside_on_every_alias(alias):
    from jwt_invalidation.urls import urlpatterns

    for pattern in urlpatterns:
        assert alias in pattern.callback._non_atomic_requests
    assert alias in ProjectsOwnRefreshView.as_view()._non_atomic_requests
