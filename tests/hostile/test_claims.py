"""Hostile claims: identifiers, types and payloads that no honest issuer has written."""

from typing import Any

from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation.tokens import RefreshToken, SlidingToken
from tests.support import forge
from tests.support.endpoints import (
    EVERY,
    TYPED,
    Endpoint,
    assert_malformed,
    assert_refused,
    at,
    queries,
)
from tests.support.forge import MISSING, Raw

pytestmark = [pytest.mark.django_db, pytest.mark.with_blacklist]

MALFORMED_IDS = {
    "missing": MISSING,
    "null": None,
    "int": 7,
    "float": 7.5,
    "true": True,
    "list": ["a"],
    "object": {"a": 1},
    "empty": "",
    "NUL": "a\0b",
    "300 characters": "a" * 300,
    "256 characters": "a" * 256,
    "blank": "a b",
    "trailing newline": "abc\n",
    "non-ASCII": "é",
    "full-width": "１２３",
    "lone surrogate": "\ud800",
}

NO_PAYLOADS = {
    "list": Raw("[]"),
    "list of pairs": Raw('[["user_id","1"]]'),
    "string": Raw('"token"'),
    "number": Raw("1"),
    "null": Raw("null"),
    "true": Raw("true"),
    "nothing": Raw(""),
    "blank": Raw(" "),
    "half": Raw('{"user_id":"1"'),
    "two": Raw("{}{}"),
    "empty object": Raw("{}"),
    "NUL": Raw("\0"),
}

WRONG_TYPES = {
    "missing": MISSING,
    "null": None,
    "empty": "",
    "other": "another",
    "list": ["access", "refresh", "sliding"],
    "object": {"access": 1},
    "true": True,
    "capitals": "ACCESS",
    "trailing blank": "access ",
}


@at(EVERY)
@pytest.mark.parametrize("jti", MALFORMED_IDS.values(), ids=MALFORMED_IDS)
def test_a_jti_of_the_wrong_kind_is_refused_unasked(
    endpoint: Endpoint, alice: Any, jti: Any
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), jti=jti))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize(
    "jti",
    [
        "a",
        "A-z_0-9",
        "a" * 255,
        "a.b",
        "a'b",
        "%s",
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ],
    ids=["one", "alphabet", "255", "dotted", "quote", "placeholder", "URN"],
)
def test_a_jti_of_the_right_kind_is_accepted(endpoint: Endpoint, alice: Any, jti: str) -> None:
    # Without a session, which would know its refresh token by another one.
    claims = forge.changed(endpoint.claims_of(alice), jti=jti, sid=forge.MISSING)

    response = endpoint.send(forge.sign(claims))

    assert response.status_code == 200


@at(EVERY)
@pytest.mark.parametrize("token_type", WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_a_token_type_that_is_let_in_nowhere_is_refused_unasked(
    endpoint: Endpoint, alice: Any, token_type: Any
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), token_type=token_type))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(TYPED)
@pytest.mark.parametrize("token_type", ["access", "refresh", "sliding"])
def test_a_token_of_one_type_is_let_in_only_where_that_type_belongs(
    endpoint: Endpoint, alice: Any, token_type: str
) -> None:
    refresh, sliding = RefreshToken.for_user(alice), SlidingToken.for_user(alice)
    genuine = {"access": refresh.access_token, "refresh": refresh, "sliding": sliding}
    token = str(genuine[token_type])
    fits = endpoint.takes == token_type

    if fits:
        assert endpoint.send(token).status_code == 200
        return
    with queries(0):
        response = endpoint.send(token)
    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("payload", NO_PAYLOADS.values(), ids=NO_PAYLOADS)
def test_a_payload_that_is_no_object_of_claims_is_refused_unasked(
    endpoint: Endpoint, db: None, payload: Raw
) -> None:
    token = forge.sign(payload)

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize(
    "claim", ["user_id", "exp", "jti", "token_type", "token_version", "token_epoch"]
)
def test_of_two_claims_of_one_name_the_last_one_counts_at_every_endpoint(
    endpoint: Endpoint, alice: Any, claim: str
) -> None:
    claims = endpoint.claims_of(alice)
    others = [(name, value) for name, value in claims.items() if name != claim]
    good, bad = (claim, claims[claim]), (claim, None)

    accepted = endpoint.send(forge.sign([*others, bad, good]))
    refused = endpoint.send(forge.sign([*others, good, bad]))

    assert accepted.status_code == 200
    assert_malformed(refused)


@at(EVERY)
def test_of_two_users_in_a_token_every_endpoint_means_the_last(
    endpoint: Endpoint, alice: Any, bob: Any
) -> None:
    hers, his = endpoint.claims_of(alice), endpoint.claims_of(bob)

    as_bob = endpoint.send(forge.sign([*hers.items(), ("user_id", his["user_id"])]))
    get_user_model().objects.filter(pk=bob.pk).delete()
    as_nobody = endpoint.send(forge.sign([*hers.items(), ("user_id", his["user_id"])]))
    as_alice = endpoint.send(forge.sign([("user_id", his["user_id"]), *hers.items()]))

    assert_refused(as_bob, "token_revoked")
    assert_refused(as_nobody, "user_not_found")
    assert as_alice.status_code == 200


@at(EVERY)
@pytest.mark.parametrize("claims", [{"aud": "elsewhere"}, {"iss": "elsewhere"}, {"sub": "7"}])
def test_an_audience_or_issuer_that_nobody_configured_is_ignored(
    endpoint: Endpoint, alice: Any, claims: dict[str, Any]
) -> None:
    token = forge.sign({**endpoint.claims_of(alice), **claims})

    response = endpoint.send(token)

    assert response.status_code == 200
