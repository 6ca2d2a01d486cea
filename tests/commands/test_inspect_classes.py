"""``manage.py inspect_token``: types of tokens, and a project's own token classes and strategies."""

import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError
import time_machine

from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.serializers import TokenRefreshSerializer
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import forge, people
from tests.support.clock import NOON
from tests.support.forge import MISSING
from tests.support.inspecting import inspect

pytestmark = pytest.mark.django_db


class OfPhones(simplejwt.Token):
    def verify(self):
        if self.get("device") != "phone":
            raise TokenError("Only phones")
        super().verify()


class AccessOfPhones(OfPhones, simplejwt.AccessToken):
    pass


class RefreshOfPhones(OfPhones, RefreshToken):
    pass


class RefreshSerializerOfPhones(TokenRefreshSerializer):
    token_class = RefreshOfPhones


class NoSerializerOfOurs:
    pass


class StaffSuspended(Strategy):
    """A project's own, without words of its own."""

    def check(self, token, user):
        if user.is_staff:
            raise TokenRevoked(code="suspended")


class StaffForbidden(Strategy):
    """A project's own, which raises what DRF has and explains itself."""

    def check(self, token, user):
        if user.is_staff:
            raise AuthenticationFailed(code="forbidden")

    def explain(self, token, user):
        return f"staff: {user.is_staff}"


@pytest.mark.parametrize(
    ("token_class", "words"),
    [
        (AccessToken, "accepted: for authentication of requests"),
        (RefreshToken, "accepted: for the refresh endpoint, and no other request"),
    ],
)
def test_what_a_token_is_for_is_told(alice, token_class, words):
    assert inspect(str(token_class.for_user(alice))).about("type") == words


@time_machine.travel(NOON, tick=False)
def test_what_a_sliding_token_is_for_is_told_where_it_is_let_in(alice, simplejwt_settings):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (SlidingToken,)
    token = SlidingToken.for_user(alice)
    undated = forge.sign(forge.changed(token.payload, refresh_exp="never"))

    seen = inspect(str(token))

    assert seen.about("type") == (
        "accepted: for authentication of requests, and the sliding refresh endpoint"
    )
    assert "(2026-03-02 12:00:00 UTC, in 1 day)" in seen.out
    assert inspect(undated).about("claims") == "refused: refresh_exp is missing or not a date"


def test_a_token_whose_type_is_not_listed_gets_the_verdict_of_authentication(alice, client):
    token = str(SlidingToken.for_user(alice))

    seen = inspect(token)

    assert seen.last == "Refused: token_not_valid."
    assert people.ask(client, token).json()["code"] == "token_not_valid"
    assert seen.about("type") == (
        'refused: token_type is missing, or SIMPLE_JWT["AUTH_TOKEN_CLASSES"] lists no class for'
        " tokens of this type"
    )


def test_where_types_are_off_a_token_without_one_is_accepted(alice, client, simplejwt_settings):
    claims = AccessToken.for_user(alice).payload
    token = forge.sign(forge.changed(claims, token_type=MISSING))
    refused = inspect(token)
    simplejwt_settings.TOKEN_TYPE_CLAIM = None

    seen = inspect(token)

    assert refused.about("type").startswith("refused: token_type is missing")
    assert seen.last == "Accepted."
    assert people.ask(client, token).status_code == 200


def test_where_ids_are_off_a_token_without_one_is_accepted(alice, client, simplejwt_settings):
    claims = AccessToken.for_user(alice).payload
    token = forge.sign(forge.changed(claims, jti=MISSING))
    refused = inspect(token)
    simplejwt_settings.JTI_CLAIM = None

    seen = inspect(token)

    assert refused.about("claims").startswith("refused: jti is missing")
    assert seen.last == "Accepted."
    assert people.ask(client, token).status_code == 200


@pytest.mark.parametrize("is_refresh", [True, False], ids=["refresh", "access"])
def test_a_token_class_of_the_project_that_refuses_is_told_in_its_own_words(
    alice, client, simplejwt_settings, is_refresh
):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessOfPhones,)
    simplejwt_settings.TOKEN_REFRESH_SERIALIZER = f"{__name__}.RefreshSerializerOfPhones"
    token = (RefreshToken if is_refresh else AccessToken).for_user(alice)
    send = people.refresh if is_refresh else people.ask
    of_phone = forge.sign({**token.payload, "device": "phone"})

    refused, accepted = inspect(str(token)), inspect(of_phone)

    assert refused.about("endpoint") == "refused: Only phones"
    assert refused.last == "Refused: token_not_valid."
    assert accepted.last == "Accepted."
    assert send(client, str(token)).json()["code"] == "token_not_valid"
    assert send(client, of_phone).status_code == 200


def test_a_serializer_without_the_gate_is_told_to_be_wrong(alice, simplejwt_settings):
    simplejwt_settings.TOKEN_REFRESH_SERIALIZER = f"{__name__}.NoSerializerOfOurs"

    seen = inspect(str(RefreshToken.for_user(alice)))

    assert (seen.out, seen.status) == ("", 2)
    assert seen.err.startswith("The settings are wrong. Let NoSerializerOfOurs inherit from")


@pytest.mark.with_blacklist
@pytest.mark.parametrize(
    ("strategy", "accepted", "refused", "code"),
    [
        ("StaffSuspended", "accepted", "refused", "suspended"),
        ("StaffForbidden", "accepted: staff: False", "refused: staff: True", "forbidden"),
    ],
)
def test_a_projects_own_strategy_is_asked_and_its_code_is_the_verdict(
    alice, bob, settings, strategy, accepted, refused, code
):
    settings.JWT_INVALIDATION = {"STRATEGIES": [f"{__name__}.{strategy}"]}
    bob.is_staff = True
    bob.save()

    hers, his = (inspect(str(AccessToken.for_user(user))) for user in (alice, bob))

    assert (hers.about(strategy), hers.last) == (accepted, "Accepted.")
    assert (his.about(strategy), his.last) == (refused, f"Refused: {code}.")


def test_in_json_a_strategy_without_words_has_none(alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [f"{__name__}.StaffSuspended"]}

    answer = inspect(str(AccessToken.for_user(alice)), "--json").json["questions"][-1]

    assert answer == {"about": "StaffSuspended", "accepted": True, "code": None, "words": None}
