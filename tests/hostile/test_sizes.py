"""Hostile sizes: tokens too long to parse, and too deep to."""

from typing import Any

from django.test import override_settings
import pytest

from tests.support import forge
from tests.support.endpoints import EVERY, Endpoint, assert_malformed, at, queries
from tests.support.forge import Raw

pytestmark = pytest.mark.django_db

CAP = 8192
EXPIRED = 1_000_000_000

DEEP = {
    "lists within the cap": "[" * 5_900,
    "objects within the cap": '{"a":' * 1_100,
    "lists above the cap": "[" * 100_000,
    "objects above the cap": '{"a":' * 50_000,
}
uncapped = override_settings(JWT_INVALIDATION={"MAX_TOKEN_LENGTH": 10**7})


@at(EVERY)
def test_a_token_of_8192_characters_is_parsed_and_one_more_is_too_many(
    endpoint: Endpoint, alice: Any
) -> None:
    claims = endpoint.claims_of(alice)

    longest = endpoint.send(forge.padded(claims, CAP))
    with queries(0):
        too_long = endpoint.send(forge.padded(claims, CAP + 1))

    assert longest.status_code == 200
    assert_malformed(too_long)


@at(EVERY)
def test_a_token_above_the_cap_is_refused_before_it_is_parsed(
    endpoint: Endpoint, alice: Any
) -> None:
    claims = forge.changed(endpoint.claims_of(alice), exp=EXPIRED)

    parsed = endpoint.send(forge.padded(claims, CAP))
    unparsed = endpoint.send(forge.padded(claims, CAP + 1))

    # Only who has read the claims can say that they have expired.
    assert b"expired" in parsed.content
    assert b"expired" not in unparsed.content
    assert_malformed(unparsed)


@at(EVERY)
def test_the_cap_is_the_one_of_the_settings(endpoint: Endpoint, alice: Any) -> None:
    token = forge.padded(endpoint.claims_of(alice), 1_000)

    with override_settings(JWT_INVALIDATION={"MAX_TOKEN_LENGTH": 1_000}):
        accepted = endpoint.send(token)
    with override_settings(JWT_INVALIDATION={"MAX_TOKEN_LENGTH": 999}):
        refused = endpoint.send(token)

    assert accepted.status_code == 200
    assert_malformed(refused)


@at(EVERY)
@pytest.mark.parametrize("is_genuine", [True, False], ids=["signed", "unsigned"])
def test_a_token_of_a_megabyte_is_refused_unasked(
    endpoint: Endpoint, alice: Any, is_genuine: bool
) -> None:
    token = forge.padded(endpoint.claims_of(alice), 1_000_000)

    with queries(0):
        response = endpoint.send(token if is_genuine else token[:-1] + "!")

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("deep", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("part", ["header", "payload"])
def test_a_deep_nesting_is_refused_unasked(
    endpoint: Endpoint, alice: Any, part: str, is_signed: bool, deep: str
) -> None:
    claims = endpoint.claims_of(alice)
    token = forge.sign(claims, Raw(deep)) if part == "header" else forge.sign(Raw(deep))
    if not is_signed:
        token = token.rpartition(".")[0] + "."

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("part", ["header", "payload"])
def test_a_deep_nesting_is_refused_by_the_parser_too(
    endpoint: Endpoint, alice: Any, part: str
) -> None:
    deep = Raw('{"a":' * 50_000 + "1" + "}" * 50_000)
    claims = endpoint.claims_of(alice)
    token = forge.sign(claims, deep) if part == "header" else forge.sign(deep)

    with queries(0), uncapped:
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("depth", [100, 800, 950, 1_000, 2_900])
def test_a_genuine_token_with_a_deep_claim_raises_nothing(
    endpoint: Endpoint, alice: Any, depth: int
) -> None:
    deep = Raw("[" * depth + "]" * depth)

    response = endpoint.send(forge.sign({**endpoint.claims_of(alice), "deep": deep}))

    assert response.status_code in {200, 400, 401}
