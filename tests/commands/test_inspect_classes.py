"""``manage.py inspect_token``: of which type a token is, and what the class for it says."""

import pytest
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError
import time_machine

from jwt_invalidation.serializers import TokenRefreshSerializer
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import forge, people
from tests.support.forge import MISSING
from tests.support.inspecting import NOON, inspect

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


@pytest.mark.parametrize(
    ("token_class", "words"),
    [
        (AccessToken, "accepted: for authentication of requests"),
        (RefreshToken, "accepted: for the refresh endpoint, and no other request"),
        (
            SlidingToken,
            'refused: SIMPLE_JWT["AUTH_TOKEN_CLASSES"] lists no class for tokens of this type',
        ),
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
    assert inspect(undated).about("claims") == "refused: refresh_exp is missing, or no date"


def test_a_token_whose_type_is_not_listed_gets_the_verdict_of_authentication(alice, client):
    token = str(SlidingToken.for_user(alice))

    seen = inspect(token)

    assert seen.last == "Refused: token_not_valid."
    assert people.ask(client, token).json()["code"] == "token_not_valid"
    assert "lists no class for tokens of this type" in seen.about("type")


def test_where_types_are_off_a_token_without_one_is_accepted(alice, client, simplejwt_settings):
    claims = AccessToken.for_user(alice).payload
    token = forge.sign(forge.changed(claims, token_type=MISSING))
    refused = inspect(token)
    simplejwt_settings.TOKEN_TYPE_CLAIM = None

    seen = inspect(token)

    assert refused.about("type").startswith("refused: token_type is missing")
    assert seen.last == "Accepted."
    assert people.ask(client, token).status_code == 200


@pytest.mark.parametrize("is_refresh", [True, False], ids=["refresh", "access"])
def test_a_token_class_of_the_project_that_refuses_is_told_in_its_own_words(
    alice, client, simplejwt_settings, is_refresh
):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessOfPhones,)
    simplejwt_settings.TOKEN_REFRESH_SERIALIZER = f"{__name__}.RefreshSerializerOfPhones"
    token = (RefreshToken if is_refresh else AccessToken).for_user(alice)
    present = people.refresh if is_refresh else people.ask
    of_phone = forge.sign({**token.payload, "device": "phone"})

    refused, accepted = inspect(str(token)), inspect(of_phone)

    assert refused.about("entrance") == "refused: Only phones"
    assert refused.last == "Refused: token_not_valid."
    assert accepted.last == "Accepted."
    assert present(client, str(token)).json()["code"] == "token_not_valid"
    assert present(client, of_phone).status_code == 200


def test_a_serializer_without_the_gate_is_told_as_what_is_in_the_way(alice, simplejwt_settings):
    simplejwt_settings.TOKEN_REFRESH_SERIALIZER = f"{__name__}.NoSerializerOfOurs"

    seen = inspect(str(RefreshToken.for_user(alice)))

    assert (seen.out, seen.status) == ("", 2)
    assert seen.err.startswith("The settings are in the way. Let NoSerializerOfOurs inherit from")
