"""Without simplejwt's app, or its tables, nothing passes and nothing pretends."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.test import override_settings
from django.urls import include, path
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from jwt_invalidation.views import TokenBlacklistView
from tests.strategies.test_blacklist_promise import BLACKLIST, IS_INSTALLED, with_blacklist
from tests.support import changes, forge, people
from tests.support.commands import renamed
from tests.support.endpoints import EVERY, at
from tests.support.pairs import answers, assert_alive

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.strategies.test_blacklist_missing"),
    pytest.mark.with_blacklist,
]
without_app = pytest.mark.skipif(IS_INSTALLED, reason="simplejwt's blacklist is installed")
listing = override_settings(JWT_INVALIDATION={"STRATEGIES": [BLACKLIST]})
every_class = pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])

urlpatterns = [
    path("", include("tests.settings.urls")),
    path("api/logout/", TokenBlacklistView.as_view()),
]


def says_what_to_add():
    return pytest.raises(
        ImproperlyConfigured,
        match=r"'rest_framework_simplejwt\.token_blacklist' to INSTALLED_APPS .* `manage\.py migrate`",
    )


@without_app
@every_class
def test_no_token_is_minted(alice, token_class):
    with listing, says_what_to_add():
        token_class.for_user(alice)

    assert token_class.for_user(alice)["user_id"]


@without_app
@at(EVERY)
def test_no_entrance_lets_anything_pass(entrance, alice):
    raw = forge.sign(entrance.claims_of(alice))

    # Not a 401 either, on which clients throw a good token away.
    with listing, pytest.raises(AssertionError, match="ImproperlyConfigured"):
        entrance.send(raw)

    assert entrance.send(raw).status_code == 200


@without_app
def test_nothing_is_made_of_a_token(alice):
    refresh = RefreshToken.for_user(alice)

    with listing:
        with says_what_to_add():
            refresh.access_token  # noqa: B018  # a property that mints
        with says_what_to_add():
            refresh.rotate()
        with says_what_to_add():
            refresh.set_exp()

    assert refresh.access_token["user_id"] == refresh["user_id"]


@without_app
@pytest.mark.parametrize("token_class", [RefreshToken, SlidingToken])
def test_blacklisting_raises_and_does_not_pretend(alice, token_class):
    token = token_class.for_user(alice)

    with listing:
        with says_what_to_add():
            token.blacklist()
        with says_what_to_add():
            token.outstand()


@without_app
@pytest.mark.parametrize("strategies", [[], [BLACKLIST]])
def test_a_logout_is_an_error(client, alice, settings, strategies):
    refresh = people.tokens(client, alice)["refresh"]
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}

    with says_what_to_add():
        client.post("/api/logout/", {"refresh": refresh})


@without_app
@pytest.mark.parametrize("everyone", [False, True])
def test_a_revocation_raises_and_revokes_nobody(client, alice, everyone):
    hers = people.tokens(client, alice)

    with listing, says_what_to_add():
        if everyone:
            revocation.revoke_everyone(reason="other")
        else:
            revocation.revoke_user(alice, reason="admin")

    assert not Revocation.objects.exists()
    assert_alive(client, hers)


@without_app
def test_a_password_change_raises_and_the_old_tokens_are_dead_all_the_same(client, alice):
    hers = people.tokens(client, alice)

    with listing, says_what_to_add():
        changes.set_password_and_save(alice)

    assert [answer.status_code for answer in answers(client, hers)] == [401] * 4


@with_blacklist
@pytest.mark.parametrize("table", [BlacklistedToken, OutstandingToken])
def test_without_its_tables_every_entrance_answers_503(client, alice, settings, table):
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    hers = people.tokens(client, alice)

    with renamed(table):
        unavailable = answers(client, hers)

    assert [answer.status_code for answer in unavailable] == [503] * 4
    assert {answer.headers["Retry-After"] for answer in unavailable} == {"5"}
    assert_alive(client, hers)


@with_blacklist
@pytest.mark.parametrize("table", [BlacklistedToken, OutstandingToken])
def test_without_its_tables_a_revocation_raises_and_revokes_nobody(client, alice, settings, table):
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    hers = people.tokens(client, alice)

    with renamed(table), pytest.raises(DatabaseError):
        revocation.revoke_user(alice, reason="admin")

    assert not Revocation.objects.exists()
    assert_alive(client, hers)
