"""``blacklist/``, simplejwt's logout: it logs out, whether or not simplejwt's app is installed."""

from django.contrib.auth import user_logged_out
from django.urls import reverse
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.serializers import TokenBlacklistSerializer
from jwt_invalidation.tokens import RefreshToken
from tests.support import forge, legacy, people
from tests.support.blacklists import blacklist, is_listed
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.sessions import post, successor_of
from tests.support.strategies import (
    BLACKLIST,
    HAS_BLACKLIST,
    SESSION,
    needs_blacklist,
    needs_no_blacklist,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.with_blacklist]

# simplejwt looks at its blacklist before the gate is asked.
LISTED = "token_not_valid" if HAS_BLACKLIST else "token_revoked"


def assert_logged_out(client, pair):
    """Assert that both tokens of a session are dead. simplejwt finds listed ones by itself."""
    assert people.ask(client, pair["access"]).json()["code"] == "token_revoked"
    for refused in (
        people.refresh(client, pair["refresh"]),
        people.verify(client, pair["refresh"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, LISTED)


def test_it_has_simplejwts_name():
    assert reverse("token_blacklist") == "/api/token/blacklist/"


def test_it_ends_the_session_of_the_token_and_no_other(client, alice, bob, phone, laptop):
    his = people.tokens(client, bob)

    answer = blacklist(client, phone["refresh"])

    assert (answer.status_code, answer.json()) == (200, {})
    assert_logged_out(client, phone)
    assert_alive(client, laptop)
    assert_alive(client, his)
    [entry] = Revocation.objects.all()
    assert (entry.scope, entry.reason) == ("session", "logout")
    assert entry.identifier == forge.read(phone["refresh"])["sid"]


def test_it_ends_the_session_of_a_successor(client, alice, rotating, phone):
    second = successor_of(client, phone)

    assert blacklist(client, second["refresh"]).status_code == 200

    assert_logged_out(client, second)
    assert people.ask(client, phone["access"]).status_code == 401


@needs_blacklist
def test_where_simplejwts_app_is_installed_the_token_is_listed_as_well(client, phone, laptop):
    blacklist(client, phone["refresh"])

    assert is_listed(forge.read(phone["refresh"]))
    assert BlacklistedToken.objects.count() == 1


@needs_blacklist
def test_beside_the_blacklist_strategy_the_session_ends_and_the_token_is_listed(
    client, alice, settings
):
    settings.JWT_INVALIDATION = {"STRATEGIES": [SESSION, BLACKLIST]}
    here, elsewhere = people.tokens(client, alice), people.tokens(client, alice)

    assert blacklist(client, here["refresh"]).status_code == 200

    assert_revoked(client, here)
    assert_alive(client, elsewhere)
    assert is_listed(forge.read(here["refresh"]))


def test_the_same_token_again_is_refused_as_a_dead_one(client, phone):
    blacklist(client, phone["refresh"])

    again = blacklist(client, phone["refresh"])

    assert (again.status_code, again.json()["code"]) == (401, LISTED)


def test_after_another_logout_it_refuses_the_token_and_lists_nothing(client, phone):
    post(client, "logout", {"refresh": phone["refresh"]})

    answer = blacklist(client, phone["refresh"])

    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    assert not HAS_BLACKLIST or not is_listed(forge.read(phone["refresh"]))


@pytest.mark.parametrize("kind", ["from before", "refreshed since"])
def test_a_refresh_token_without_a_session_dies_alone(client, alice, rotating, kind):
    old, other = (legacy.pair_of(alice)["refresh"] for _ in range(2))
    if kind == "refreshed since":
        old = successor_of(client, {"refresh": old})["refresh"]

    assert blacklist(client, old).status_code == 200

    refused = people.refresh(client, old)
    assert (refused.status_code, refused.json()["code"]) == (401, LISTED)
    assert people.refresh(client, other).status_code == 200
    # simplejwt's list says it where there is one, our log elsewhere.
    scopes = [entry.scope for entry in Revocation.objects.all()]
    assert scopes == ([] if HAS_BLACKLIST else ["token"])


@needs_no_blacklist
def test_where_no_single_token_can_die_it_says_so_and_kills_nothing(client, alice, settings):
    hers = people.tokens(client, alice)
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}

    for path in ("blacklist", "logout"):
        answer = post(client, path, {"refresh": hers["refresh"]})
        assert (answer.status_code, list(answer.json())) == (400, ["detail"])

    assert_alive(client, hers)
    assert TokenSession.objects.get().ended_at is None


@needs_no_blacklist
def test_where_tokens_have_no_id_it_ends_the_session(client, alice, simplejwt_settings):
    simplejwt_settings.JTI_CLAIM = None
    hers = people.tokens(client, alice)

    assert blacklist(client, hers["refresh"]).status_code == 200

    assert_dead(client, hers, code="token_revoked")


def test_django_is_told_who_logged_out(client, alice, phone):
    told = []
    with receiving(user_logged_out, lambda **kwargs: told.append(kwargs["user"])):
        blacklist(client, phone["refresh"])
        blacklist(client, phone["refresh"])

    assert told == [alice]


def test_the_serializer_logs_out_outside_a_request_as_well(client, alice, phone):
    serializer = TokenBlacklistSerializer(data={"refresh": phone["refresh"]})

    serializer.is_valid(raise_exception=True)

    assert_logged_out(client, phone)
    assert RefreshToken.for_user(alice)["sid"] != forge.read(phone["refresh"])["sid"]
