"""Hostile versions: claims that equal the current one in Python, and tokens without any."""

from collections.abc import Callable
from typing import Any

from django.test import override_settings
import pytest
from rest_framework_simplejwt import tokens as stock

from jwt_invalidation import revocation
from jwt_invalidation.models import TokenState
from tests.support import forge
from tests.support.endpoints import EVERY, Endpoint, assert_malformed, assert_refused, at, queries
from tests.support.forge import MISSING, Raw
from tests.support.legacy import begin_installation

pytestmark = pytest.mark.django_db

CLAIMS = ["token_version", "token_epoch"]
NEITHER = {"token_version": MISSING, "token_epoch": MISSING}

MALFORMED: dict[str, Callable[[int], Any]] = {
    "null": lambda current: None,
    "current as string": str,
    "current as float": float,
    "current in a list": lambda current: [current],
    "current in an object": lambda current: {"": current},
    "current with a fraction": lambda current: current + 0.5,
    "'3'": lambda current: "3",
    "3.0": lambda current: 3.0,
    "true": lambda current: True,
    "false": lambda current: False,
    "-1": lambda current: -1,
    "[3]": lambda current: [3],
    "10**400": lambda current: 10**400,
    "5000 digits": lambda current: Raw("1" * 5000),
    "2**53": lambda current: 2**53,
    "2**64 above": lambda current: current + 2**64,
    "NaN": lambda current: Raw("NaN"),
    "Infinity": lambda current: Raw("Infinity"),
    "empty": lambda current: "",
}


def stock_token(endpoint: Endpoint, user: Any) -> stock.Token:
    """Return a token as simplejwt itself mints it, without our claims."""
    classes: dict[str, type[stock.Token]] = {
        "access": stock.AccessToken,
        "refresh": stock.RefreshToken,
        "sliding": stock.SlidingToken,
    }
    begin_installation()
    return classes[endpoint.takes].for_user(user)


@at(EVERY)
@pytest.mark.parametrize("epoch", ["no epoch", "an epoch"])
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("make_claim", MALFORMED.values(), ids=MALFORMED)
def test_a_version_that_is_no_integer_of_53_bits_is_refused_unasked(
    endpoint: Endpoint, alice: Any, make_claim: Callable[[int], Any], claim: str, epoch: str
) -> None:
    if epoch == "an epoch":
        revocation.revoke_everyone(reason="other")
    claims = endpoint.claims_of(alice)
    token = forge.sign(forge.changed(claims, **{claim: make_claim(claims[claim])}))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
def test_an_epoch_without_a_version_is_refused_unasked(endpoint: Endpoint, alice: Any) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), token_version=MISSING))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("version", [3, "3", None, {"major": 3}], ids=str)
def test_a_version_of_the_projects_own_without_an_epoch_is_as_none(
    endpoint: Endpoint, alice: Any, bob: Any, version: Any
) -> None:
    token, other = (
        {**stock_token(endpoint, user).payload, "token_version": version} for user in (alice, bob)
    )
    assert endpoint.send(forge.sign(token)).status_code == 200

    revocation.revoke_user(alice, reason="admin")

    assert_refused(endpoint.send(forge.sign({**token, "jti": "a"})), "token_revoked")
    assert endpoint.send(forge.sign({**other, "jti": "b"})).status_code == 200


@at(EVERY)
def test_both_versions_null_are_not_the_same_as_none(endpoint: Endpoint, alice: Any) -> None:
    claims = endpoint.claims_of(alice)

    with queries(0):
        refused = endpoint.send(forge.sign({**claims, "token_version": None, "token_epoch": None}))
    accepted = endpoint.send(forge.sign(forge.changed(claims, **NEITHER)))

    assert_malformed(refused)
    assert accepted.status_code == 200


@at(EVERY)
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("step", [-1, 1, 1 << 20], ids=["lower", "higher", "much higher"])
def test_a_version_other_than_the_current_is_revoked_after_one_look(
    endpoint: Endpoint, alice: Any, claim: str, step: int
) -> None:
    revocation.revoke_everyone(reason="other")
    claims = endpoint.claims_of(alice)

    with queries(1):
        refused = endpoint.send(forge.sign({**claims, claim: claims[claim] + step}))

    assert_refused(refused, "token_revoked")
    assert endpoint.send(forge.sign(claims)).status_code == 200


@at(EVERY)
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("value", [0, 2**53 - 1])
def test_the_ends_of_the_range_of_versions_are_revoked(
    endpoint: Endpoint, alice: Any, claim: str, value: int
) -> None:
    revocation.revoke_everyone(reason="other")
    claims = endpoint.claims_of(alice)

    response = endpoint.send(forge.sign({**claims, claim: value}))

    assert_refused(response, "token_revoked")


@at(EVERY)
def test_a_token_with_neither_claim_lives_until_its_user_is_revoked(
    endpoint: Endpoint, alice: Any, bob: Any
) -> None:
    hers, his = stock_token(endpoint, alice), stock_token(endpoint, bob)
    assert endpoint.send(forge.sign(hers.payload)).status_code == 200

    revocation.revoke_user(alice, reason="admin")

    assert_refused(endpoint.send(forge.sign({**hers.payload, "jti": "a"})), "token_revoked")
    assert endpoint.send(forge.sign({**his.payload, "jti": "b"})).status_code == 200


@at(EVERY)
def test_a_token_with_neither_claim_dies_with_everyones(endpoint: Endpoint, alice: Any) -> None:
    token = stock_token(endpoint, alice)

    revocation.revoke_everyone(reason="other")

    assert_refused(endpoint.send(str(token)), "token_revoked")


@at(EVERY)
def test_a_token_with_neither_claim_is_refused_once_the_settings_say_so(
    endpoint: Endpoint, alice: Any
) -> None:
    token, genuine = str(stock_token(endpoint, alice)), forge.sign(endpoint.claims_of(alice))

    with override_settings(JWT_INVALIDATION={"UNVERSIONED_TOKENS": "reject"}):
        refused, accepted = endpoint.send(token), endpoint.send(genuine)

    assert_refused(refused, "token_revoked")
    assert accepted.status_code == 200


@at(EVERY)
@pytest.mark.parametrize("iat", [0, 1_000_000_000, 1_000_000_000.5], ids=str)
def test_a_token_with_neither_claim_may_be_old_where_nothing_was_revoked(
    endpoint: Endpoint, alice: Any, iat: Any
) -> None:
    token = forge.sign(forge.changed(stock_token(endpoint, alice).payload, iat=iat))
    TokenState.objects.all().delete()

    response = endpoint.send(token)

    assert response.status_code == 200


@at(EVERY)
def test_a_token_with_neither_claim_that_does_not_say_when_it_was_issued_is_not_old(
    endpoint: Endpoint, alice: Any
) -> None:
    token = forge.sign(forge.changed(stock_token(endpoint, alice).payload, iat=MISSING))
    TokenState.objects.all().delete()

    assert_refused(endpoint.send(token), "token_revoked")
    with override_settings(JWT_INVALIDATION={"UNVERSIONED_TOKENS": "accept"}):
        assert endpoint.send(token).status_code == 200


@at(EVERY)
@pytest.mark.parametrize(
    "iat",
    [MISSING, "1000000000", "9", True, -1, -(10**400), Raw("-1e300"), 0, 1_000_000_000.5],
    ids=["missing", "string", "digit", "true", "-1", "-10**400", "-1e300", "0", "float"],
)
def test_a_token_with_neither_claim_that_cannot_tell_its_age_is_refused_after_a_revocation(
    endpoint: Endpoint, alice: Any, iat: Any
) -> None:
    token = forge.sign(forge.changed(stock_token(endpoint, alice).payload, iat=iat))

    revocation.revoke_user(alice, reason="admin")

    assert endpoint.send(token).status_code == 401


@at(EVERY)
@pytest.mark.parametrize("iat", ["1000000000", True, -(10**400)], ids=["string", "true", "huge"])
def test_an_odd_age_of_a_versioned_token_raises_nothing(
    endpoint: Endpoint, alice: Any, iat: Any
) -> None:
    token = forge.sign({**endpoint.claims_of(alice), "iat": iat})

    response = endpoint.send(token)

    assert response.status_code in {200, 401}
