"""Our errors, held against those that simplejwt raises at the same places."""

import copy
import pickle

from django.utils.translation import gettext_lazy as _
import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt import authentication as simplejwt_authentication
from rest_framework_simplejwt import serializers as simplejwt_serializers
from rest_framework_simplejwt.exceptions import DetailDictMixin

from jwt_invalidation import authentication, exceptions, revocation, serializers
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.fates import deactivate, delete
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

BOTH = (simplejwt_authentication, authentication)
REFUSALS = [
    exceptions.TokenRevoked(),
    exceptions.RefreshTokenReused(),
    exceptions.UserNotFound(),
    exceptions.UserInactive(),
    exceptions.NoActiveAccount(),
    exceptions.CredentialsChanged(),
    exceptions.TooManySessions(),
    exceptions.LoginTooLongAgo(900),
]


class InOwnWords(serializers.TokenRefreshSerializer):
    default_error_messages = {"no_active_account": _("Your account sleeps.")}


class SlidingInOwnWords(serializers.TokenRefreshSlidingSerializer):
    default_error_messages = {"no_active_account": _("Your account sleeps.")}


def raised_by(function, *args):
    with pytest.raises(AuthenticationFailed) as caught:
        function(*args)
    return caught.value


def raised_at_refresh(serializer_class, token):
    """Return what a serializer raises at a refresh or sliding token."""
    field = "refresh" if isinstance(token, RefreshToken) else "token"
    serializer = serializer_class(data={field: str(token)})
    return raised_by(lambda: serializer.is_valid(raise_exception=True))


def shape(error):
    """Return all that a project's code can read of an error."""
    return {
        "str": str(error),
        "args": error.args,
        "status": error.status_code,
        "codes": error.get_codes(),
        "full": error.get_full_details(),
        "default code": error.default_code,
    }


@pytest.mark.parametrize("fate", [delete, pytest.param(deactivate, marks=needs_is_active)])
def test_a_user_who_is_gone_or_inactive_is_refused_in_the_shape_of_simplejwts(alice, fate):
    token = AccessToken.for_user(alice)
    fate(alice)

    theirs, ours = [
        raised_by(module.JWTAuthentication().get_user, copy.copy(token)) for module in BOTH
    ]

    assert shape(ours) == shape(theirs)
    assert ours.detail == theirs.detail
    assert ours.get_codes()["code"] == "authentication_failed"


def test_a_token_that_names_nobody_is_refused_in_the_shape_of_simplejwts(alice):
    token = AccessToken.for_user(alice)
    del token["user_id"]

    theirs, ours = [raised_by(module.JWTAuthentication().get_user, token) for module in BOTH]

    assert shape(ours) == shape(theirs)
    assert ours.detail == theirs.detail


def test_a_token_of_no_type_that_is_accepted_is_refused_in_the_shape_of_simplejwts(db):
    theirs, ours = [
        raised_by(module.JWTAuthentication().get_validated_token, b"rubbish") for module in BOTH
    ]

    assert shape(ours) == shape(theirs)
    assert ours.detail == theirs.detail


@needs_is_active
def test_an_inactive_user_is_refused_at_refresh_in_the_shape_of_simplejwts(alice):
    token = RefreshToken.for_user(alice)
    deactivate(alice)

    theirs, ours = [
        raised_at_refresh(module.TokenRefreshSerializer, token)
        for module in (simplejwt_serializers, serializers)
    ]

    # simplejwt passes the code by position.
    assert shape(ours) == {
        **shape(theirs),
        "args": theirs.args[:1],
        "default code": "no_active_account",
    }
    assert ours.get_codes() == "no_active_account"
    assert ours.detail == {"detail": theirs.detail, "code": "no_active_account"}


@needs_is_active
@pytest.mark.parametrize(
    ("serializer", "token_class"),
    [(InOwnWords, RefreshToken), (SlidingInOwnWords, SlidingToken)],
)
def test_a_child_says_in_its_own_words_that_an_account_is_not_active(
    alice, serializer, token_class
):
    token = token_class.for_user(alice)
    deactivate(alice)

    error = raised_at_refresh(serializer, token)

    assert str(error) == str(error.args[0]) == "Your account sleeps."
    assert error.detail == {"detail": "Your account sleeps.", "code": "no_active_account"}


@needs_is_active
def test_the_endpoint_answers_in_the_words_of_a_child(client, alice, simplejwt_settings):
    simplejwt_settings.TOKEN_REFRESH_SERIALIZER = f"{__name__}.InOwnWords"
    pair = people.tokens(client, alice)
    deactivate(alice)

    answer = people.refresh(client, pair["refresh"])

    assert (answer.status_code, answer.json()) == (
        401,
        {"detail": "Your account sleeps.", "code": "no_active_account"},
    )


def test_the_words_of_a_child_are_for_inactive_accounts_alone(client, alice, simplejwt_settings):
    simplejwt_settings.TOKEN_REFRESH_SERIALIZER = f"{__name__}.InOwnWords"
    pair = people.tokens(client, alice)
    assert people.refresh(client, pair["refresh"]).status_code == 200

    revocation.revoke_user(alice, reason="admin")

    assert people.refresh(client, pair["refresh"]).json()["code"] == "token_revoked"


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_the_first_argument_of_a_refusal_is_its_message_as_with_simplejwts(error):
    assert error.args == (type(error).default_detail,)
    assert str(error.args[0]) == str(error.detail["detail"])
    assert isinstance(error, DetailDictMixin)


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_a_refusal_can_be_copied_and_sent_to_another_process(error):
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is type(error)
        assert shape(other) == shape(error)
        assert other.detail == error.detail
        assert getattr(other, "max_age", None) == getattr(error, "max_age", None)


def test_message_and_code_can_be_given_as_with_simplejwts():
    ours = exceptions.TokenRevoked("It was stolen.", code="stolen")

    assert ours.args == ("It was stolen.",)
    assert ours.detail == {"detail": "It was stolen.", "code": "stolen"}
