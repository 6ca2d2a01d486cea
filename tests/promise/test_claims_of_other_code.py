"""``get_user`` of the authentication classes, called with claims that other code has verified."""

from collections import ChainMap
import time

import pytest
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from jwt_invalidation import revocation, sessions
from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.conf import ACCEPT, EXPIRY_STRATEGY, VERSION_STRATEGY, conf
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, legacy
from tests.support.fates import deactivate, delete
from tests.support.strategies import BLACKLIST, needs_blacklist
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


@pytest.fixture(autouse=True)
def accepting(settings):
    """Let the claims of other code count for what they say, whenever they were issued."""
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": ACCEPT}


def get_user(claims):
    return JWTAuthentication().get_user(claims)


def id_of(user):
    """Return the claim that names a user, and nothing else."""
    return {"user_id": str(getattr(user, conf.simplejwt.USER_ID_FIELD))}


def dated(user):
    """Return claims as other code writes them, without any of ours."""
    return {**id_of(user), "iat": int(time.time())}


def assert_refused(claims, code):
    with pytest.raises(AuthenticationFailed) as caught:
        get_user(claims)
    assert caught.value.detail["code"] == code


def test_a_mapping_names_its_user_as_with_simplejwts(alice):
    claims = dated(alice)

    assert get_user(claims) == simplejwt.JWTAuthentication().get_user(claims) == alice
    assert claims == dated(alice) | {"iat": claims["iat"]}


def test_of_a_user_without_a_record_the_id_alone_will_do(alice):
    legacy.forget_everybody()

    assert get_user(id_of(alice)) == alice


def test_an_integer_names_its_user_where_keys_are_integers(alice):
    if conf.simplejwt.USER_ID_FIELD != "id" or type(alice.pk) is not int:
        pytest.skip("the keys are no integers")

    assert get_user({**dated(alice), "user_id": alice.pk}) == alice


def test_the_claims_of_a_token_of_ours_do_what_the_token_does(alice):
    claims = dict(RefreshToken.for_user(alice).access_token.payload)
    assert get_user(claims) == alice

    sessions.end_session(claims["sid"], reason="logout")

    assert_refused(claims, "token_revoked")


def test_the_claims_of_a_token_that_was_revoked_by_itself_are_refused(alice):
    token, other = AccessToken.for_user(alice), AccessToken.for_user(alice)

    revocation.revoke_token(token, reason="admin")

    assert_refused(dict(token.payload), "token_revoked")
    assert get_user(dict(other.payload)) == alice


def test_claims_of_ours_without_the_id_of_the_token_are_refused(alice):
    """Whether the token was revoked by its id could not be told."""
    claims = dict(AccessToken.for_user(alice).payload)

    assert_refused(forge.changed(claims, jti=forge.MISSING), "token_not_valid")


def test_where_tokens_have_no_id_claims_need_none(alice, settings, simplejwt_settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY], "UNVERSIONED_TOKENS": ACCEPT}
    claims = dict(AccessToken.for_user(alice).payload)
    simplejwt_settings.JTI_CLAIM = None

    assert get_user(forge.changed(claims, jti=forge.MISSING)) == alice
    assert get_user(dated(alice)) == alice


def test_claims_without_ours_are_an_unversioned_tokens(alice, settings):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}
    assert_refused(dated(alice), "token_revoked")

    settings.JWT_INVALIDATION = {}
    legacy.begin_installation()
    assert get_user(dated(alice)) == alice
    # Without a date nobody knows that they are from before the installation.
    assert_refused(id_of(alice), "token_revoked")


def test_after_a_revocation_claims_without_a_date_are_refused_and_later_ones_accepted(alice):
    claims = {**id_of(alice), "iat": int(time.time()) + 5}
    revocation.revoke_user(alice, reason="admin")

    assert_refused(id_of(alice), "token_revoked")
    assert_refused({**id_of(alice), "iat": claims["iat"] - 60}, "token_revoked")
    assert get_user(claims) == alice


@pytest.mark.parametrize(
    ("fate", "code"),
    [
        (delete, "user_not_found"),
        pytest.param(deactivate, "user_inactive", marks=needs_is_active),
    ],
)
def test_claims_of_a_user_who_is_gone_or_inactive_are_refused(alice, fate, code):
    claims = id_of(alice)

    fate(alice)

    assert_refused(claims, code)


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"user_id": None},
        {"user_id": []},
        {"user_id": True},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"jti": 7},
        {"jti": None},
        {"token_epoch": None},
        {"token_version": "1", "token_epoch": 0},
    ],
)
def test_claims_that_are_no_tokens_are_refused_before_any_query(
    alice, junk, django_assert_num_queries
):
    claims = {**id_of(alice), **junk} if junk and "user_id" not in junk else junk

    with django_assert_num_queries(0), pytest.raises(InvalidToken):
        get_user(claims)


@needs_blacklist
@pytest.mark.with_blacklist
def test_under_the_blacklist_claims_without_an_id_name_their_user(alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST], "UNVERSIONED_TOKENS": ACCEPT}

    assert get_user(dated(alice)) == alice


def test_the_stateless_class_takes_claims_and_refuses_those_that_live_too_long(alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY_STRATEGY], "UNVERSIONED_TOKENS": ACCEPT}
    claims = dict(AccessToken.for_user(alice).payload)
    authentication = JWTStatelessUserAuthentication()

    assert authentication.get_user(claims).id == id_of(alice)["user_id"]
    for endless in (
        {**claims, "exp": claims["iat"] + 3600},
        {**dated(alice), "exp": claims["iat"] + 3600},
        forge.changed({**claims, "iat": claims["iat"] - 3600}, exp=forge.MISSING),
    ):
        with pytest.raises(AuthenticationFailed):
            authentication.get_user(endless)


def test_a_mapping_of_any_kind_will_do(alice):
    assert get_user(ChainMap({}, dated(alice))) == alice
