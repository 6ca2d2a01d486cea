"""Whom a token is minted for, and for whom it is not."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
import pytest
from rest_framework_simplejwt.models import TokenUser

from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.models import TokenSession, TokenState
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.queries import queries_of
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

every_class = pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])


@every_class
def test_a_token_carries_the_version_and_the_epoch_as_integers(alice, token_class):
    token = token_class.for_user(alice)

    assert token["token_version"] == TokenState.objects.get().token_version
    assert token["token_version"] < 2**53
    assert token["token_epoch"] == 0


@every_class
def test_a_user_whose_new_password_is_not_saved_gets_no_token(alice, token_class):
    alice.set_password("another horse")

    with pytest.raises(CredentialsChanged):
        token_class.for_user(alice)


@every_class
def test_a_stale_user_gets_no_token_and_the_fresh_one_does(alice, token_class):
    stale = get_user_model().objects.get(pk=alice.pk)
    alice.set_password("another horse")
    alice.save()

    with pytest.raises(CredentialsChanged):
        token_class.for_user(stale)
    assert token_class.for_user(alice)


def test_a_deleted_user_gets_no_token(alice):
    type(alice).objects.filter(pk=alice.pk).delete()

    with pytest.raises(CredentialsChanged):
        RefreshToken.for_user(alice)


@needs_is_active
def test_an_inactive_user_gets_no_token(alice):
    alice.is_active = False
    alice.save()

    with pytest.raises(CredentialsChanged):
        RefreshToken.for_user(alice)


@needs_is_active
def test_a_user_deactivated_behind_the_instances_back_gets_no_token(alice):
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)

    with pytest.raises(CredentialsChanged):
        RefreshToken.for_user(alice)


@pytest.mark.parametrize("stranger", [TokenUser({"user_id": "1"}), 1, None])
def test_what_is_no_user_is_an_error_of_the_developers(stranger):
    with pytest.raises(TypeError, match="Expected an instance"):
        RefreshToken.for_user(stranger)


def test_the_lazy_user_of_a_request_is_a_user(client, alice):
    token = AccessToken.for_user(SimpleLazyObject(lambda: alice))

    assert people.ask(client, str(token)).status_code == 200


def test_a_user_from_before_gets_a_state_row_and_a_token(client, alice):
    TokenState.objects.all().delete()

    token = AccessToken.for_user(alice)

    assert people.ask(client, str(token)).status_code == 200


def test_minting_costs_one_query_and_a_session_another(alice):
    AccessToken.for_user(alice)

    assert len(queries_of(lambda: AccessToken.for_user(alice))) == 1
    assert len(queries_of(lambda: RefreshToken.for_user(alice))) == 2


def test_a_deferred_password_is_read_and_is_the_stored_one(alice):
    partial = get_user_model().objects.only("pk").get(pk=alice.pk)

    assert RefreshToken.for_user(partial)


def test_a_token_that_no_request_could_show_fails_when_it_is_minted(client, alice, settings):
    token = RefreshToken.for_user(alice)
    longest = len(str(token))
    settings.JWT_INVALIDATION = {"MAX_TOKEN_LENGTH": longest}
    assert RefreshToken(str(token)).payload == token.payload

    token["groups"] = ["editors"]

    with pytest.raises(ImproperlyConfigured, match=r"Put fewer claims into it in get_token\(\)"):
        str(token)


def test_a_login_whose_token_is_too_long_starts_no_session(client, alice, settings):
    settings.JWT_INVALIDATION = {"MAX_TOKEN_LENGTH": 100}

    with pytest.raises(ImproperlyConfigured, match="a token of more than 100 is refused"):
        people.login(client, alice)

    assert not TokenSession.objects.exists()
