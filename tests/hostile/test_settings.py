"""simplejwt's settings of who a user is, and of who may come in."""

from typing import Any

from django.contrib.auth import get_user_model
from django.test import override_settings
import pytest
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt import authentication as stock_authentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from jwt_invalidation import revocation
from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.tokens import RefreshToken
from tests.support import forge
from tests.support.endpoints import (
    BODIES,
    EVERY,
    HEADERS,
    Endpoint,
    assert_malformed,
    assert_refused,
    at,
    log_in,
    queries,
)
from tests.support.forge import MISSING
from tests.support.simplejwt import simplejwt
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

USERNAME_FIELD = get_user_model().USERNAME_FIELD
HEADER, VERIFY = HEADERS[0], BODIES[1]

needs_a_name_beside_the_key = pytest.mark.skipif(
    get_user_model()._meta.pk.name == USERNAME_FIELD, reason="A key is not changed, but made anew."
)
letting_inactive_users_log_in = override_settings(
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.AllowAllUsersModelBackend"]
)


def admit_anybody(user: Any) -> bool:
    return user is not None


def admit_nobody(user: Any) -> bool:
    return False


def name_is_id() -> Any:
    return simplejwt(USER_ID_FIELD=USERNAME_FIELD)


@at(EVERY)
def test_a_user_name_as_user_id_names_the_user(endpoint: Endpoint, alice: Any, bob: Any) -> None:
    with name_is_id():
        hers, his = endpoint.claims_of(alice), endpoint.claims_of(bob)
        revocation.revoke_user(bob, reason="admin")

        accepted, refused = endpoint.send(forge.sign(hers)), endpoint.send(forge.sign(his))

    assert hers["user_id"] == alice.get_username()
    assert accepted.status_code == 200
    assert_refused(refused, "token_revoked")


VARIANTS = {
    "upper case": str.upper,
    "capital": str.capitalize,
    "trailing blank": "{} ".format,
    "trailing blanks": "{}   ".format,
    "leading blank": " {}".format,
    "accent": lambda name: name.replace("a", "á", 1),
    "full-width": lambda name: name.replace("a", "ａ", 1),
    "combining": lambda name: name.replace("a", "a\u0301", 1),
    "zero-width": "{}\u200b".format,
    "5000 characters": lambda name: name + "x" * 5_000,
}


@at(EVERY)
@pytest.mark.parametrize("vary", VARIANTS.values(), ids=VARIANTS)
def test_a_variant_of_a_user_name_that_a_database_may_find_equal_names_nobody(
    endpoint: Endpoint, alice: Any, vary: Any
) -> None:
    with name_is_id():
        claims = endpoint.claims_of(alice)
        token = forge.sign({**claims, "user_id": vary(claims["user_id"])})

        with queries(1):
            response = endpoint.send(token)

    assert_refused(response, "user_not_found")


@at(EVERY)
@pytest.mark.parametrize(
    "user_id", [1, True, None, ["alice"], "", "\0", "\ud800", MISSING], ids=ascii
)
def test_what_cannot_be_a_user_name_is_refused_unasked(
    endpoint: Endpoint, alice: Any, user_id: Any
) -> None:
    with name_is_id():
        token = forge.sign(forge.changed(endpoint.claims_of(alice), user_id=user_id))

        with queries(0):
            response = endpoint.send(token)

    assert_malformed(response)


@needs_a_name_beside_the_key
@at(EVERY)
def test_whoever_takes_the_name_of_a_renamed_user_does_not_inherit_tokens(
    endpoint: Endpoint, alice: Any, bob: Any
) -> None:
    with name_is_id():
        token, name = forge.sign(endpoint.claims_of(alice)), alice.get_username()

        rename(alice, f"x{name}")
        while_free = endpoint.send(token)
        rename(bob, name)
        while_taken = endpoint.send(token)
        own = endpoint.send(forge.sign(endpoint.claims_of(bob)))

    assert_refused(while_free, "user_not_found")
    assert_refused(while_taken, "token_revoked")
    assert own.status_code == 200


def rename(user: Any, name: str) -> None:
    setattr(user, USERNAME_FIELD, name)
    user.save()


@needs_is_active
@at(EVERY)
def test_inactive_users_may_hold_tokens_where_simplejwt_does_not_check(
    endpoint: Endpoint, alice: Any
) -> None:
    before = forge.sign(endpoint.claims_of(alice))
    alice.is_active = False
    alice.save()

    with simplejwt(CHECK_USER_IS_ACTIVE=False):
        after = forge.sign(endpoint.claims_of(alice))
        accepted, refused = endpoint.send(after), endpoint.send(before)

    assert accepted.status_code == 200
    # What changed, changed: the tokens of the active user are not those of the inactive one.
    assert_refused(refused, "token_revoked")


@needs_is_active
@letting_inactive_users_log_in
@pytest.mark.parametrize("sliding", [False, True], ids=["pair", "sliding"])
def test_inactive_users_may_log_in_only_where_simplejwt_does_not_check(
    alice: Any, sliding: bool
) -> None:
    alice.is_active = False
    alice.save()

    refused = log_in(alice, sliding=sliding)
    with simplejwt(CHECK_USER_IS_ACTIVE=False):
        accepted = log_in(alice, sliding=sliding)

    assert refused.status_code == 401
    assert accepted.status_code == 200


@needs_is_active
def test_no_token_is_minted_for_an_inactive_user(alice: Any) -> None:
    alice.is_active = False
    alice.save()

    with pytest.raises(CredentialsChanged):
        RefreshToken.for_user(alice)


@needs_is_active
@letting_inactive_users_log_in
def test_a_rule_that_admits_inactive_users_is_asked_at_login_and_refresh_alone(alice: Any) -> None:
    alice.is_active = False
    alice.save()

    with simplejwt(USER_AUTHENTICATION_RULE=admit_anybody):
        pair = log_in(alice)
        refreshed = endpoint_named("refresh").send(pair.json()["refresh"])
        asked = [each.send(refreshed.json()["access"]) for each in (HEADER, VERIFY)]

    assert pair.status_code == 200
    assert refreshed.status_code == 200
    # There simplejwt asks CHECK_USER_IS_ACTIVE.
    for response in asked:
        assert_refused(response, "user_inactive")


@pytest.mark.parametrize("name", ["refresh", "sliding refresh"])
def test_a_rule_that_admits_nobody_is_asked_at_login_and_refresh(alice: Any, name: str) -> None:
    endpoint = endpoint_named(name)
    token = forge.sign(endpoint.claims_of(alice))

    with simplejwt(USER_AUTHENTICATION_RULE=admit_nobody):
        login, refused = log_in(alice), endpoint.send(token)

    assert login.status_code == 401
    assert_refused(refused, "no_active_account")
    assert log_in(alice).status_code == 200
    assert endpoint.send(token).status_code == 200


@pytest.mark.parametrize("rule", [admit_anybody, admit_nobody])
@pytest.mark.parametrize("check", [True, False], ids=["checked", "unchecked"])
@pytest.mark.parametrize(
    "is_active", [True, pytest.param(False, marks=needs_is_active)], ids=["active", "inactive"]
)
def test_authentication_asks_of_an_account_what_simplejwts_own_asks(
    alice: Any, rule: Any, check: bool, is_active: bool
) -> None:
    alice.is_active = is_active
    alice.save()
    with simplejwt(CHECK_USER_IS_ACTIVE=False):
        access = str(RefreshToken.for_user(alice).access_token)

    with simplejwt(CHECK_USER_IS_ACTIVE=check, USER_AUTHENTICATION_RULE=rule):
        response = HEADER.send(access)
        by_simplejwt = status_of_stock_authentication(access)

    assert response.status_code == by_simplejwt


def status_of_stock_authentication(access: str) -> int:
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {access}"})
    try:
        stock_authentication.JWTAuthentication().authenticate(request)
    except AuthenticationFailed as error:
        return error.status_code
    return 200


def endpoint_named(name: str) -> Endpoint:
    [endpoint] = [each for each in EVERY if each.name == name]
    return endpoint
