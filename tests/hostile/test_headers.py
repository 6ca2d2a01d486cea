"""Hostile JOSE headers: algorithms, parameters, and what is no header at all."""

from typing import Any

import pytest

from tests.support import forge
from tests.support.endpoints import EVERY, Endpoint, assert_malformed, at, queries
from tests.support.forge import MISSING, Raw

pytestmark = pytest.mark.django_db

HS256 = {"alg": "HS256", "typ": "JWT"}

REFUSED = {
    "alg none": {"alg": "none"},
    "alg None": {"alg": "None"},
    "alg NONE": {"alg": "NONE"},
    "alg HS512": {"alg": "HS512"},
    "alg HS384": {"alg": "HS384"},
    "alg RS256": {"alg": "RS256"},
    "alg lower case": {"alg": "hs256"},
    "alg with a blank": {"alg": "HS256 "},
    "alg list": {"alg": ["HS256"]},
    "alg object": {"alg": {"HS256": True}},
    "alg null": {"alg": None},
    "alg true": {"alg": True},
    "alg empty": {"alg": ""},
    "alg missing": {"alg": MISSING},
    "crit unknown": {"crit": ["hop"], "hop": 1},
    "crit empty": {"crit": []},
    "crit no list": {"crit": "exp"},
    "b64 false": {"b64": False},
    "b64 false and critical": {"b64": False, "crit": ["b64"]},
    "kid no string": {"kid": 7},
}

IGNORED = {
    "kid traversal": {"kid": "../../../../dev/null"},
    "kid SQL": {"kid": "x' UNION SELECT 'secret' --"},
    "jku": {"jku": "https://attacker.example/keys.json"},
    "x5u": {"x5u": "https://attacker.example/chain.pem"},
    "x5c": {"x5c": ["MIIB"]},
    "jwk": {"jwk": {"kty": "oct", "k": "YXR0YWNrZXI"}},
    "typ": {"typ": "at+jwt"},
    "typ missing": {"typ": MISSING},
    "cty": {"cty": "JWT"},
    "zip": {"zip": "DEF"},
    "lone surrogate": {"x": "\ud800"},
}

NO_HEADERS = {
    "list": Raw('["HS256"]'),
    "string": Raw('"HS256"'),
    "number": Raw("256"),
    "null": Raw("null"),
    "true": Raw("true"),
    "nothing": Raw(""),
    "half": Raw('{"alg":"HS256"'),
    "two": Raw('{"alg":"HS256"}{}'),
    "NUL": Raw("\0"),
}


@at(EVERY)
@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_a_header_that_changes_how_to_verify_is_refused_unasked(
    endpoint: Endpoint, alice: Any, changes: dict[str, Any]
) -> None:
    token = forge.sign(endpoint.claims_of(alice), forge.changed(HS256, **changes))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("changes", IGNORED.values(), ids=IGNORED)
def test_a_header_that_names_keys_or_contents_is_ignored(
    endpoint: Endpoint, alice: Any, changes: dict[str, Any]
) -> None:
    claims, header = endpoint.claims_of(alice), forge.changed(HS256, **changes)

    accepted = endpoint.send(forge.sign(claims, header))
    refused = endpoint.send(forge.sign(claims, header, key="attacker"))

    assert accepted.status_code == 200
    assert_malformed(refused)


@at(EVERY)
@pytest.mark.parametrize("header", NO_HEADERS.values(), ids=NO_HEADERS)
def test_a_header_that_is_no_object_is_refused_unasked(
    endpoint: Endpoint, alice: Any, header: Raw
) -> None:
    token = forge.sign(endpoint.claims_of(alice), header)

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("alg", ["none", "None", "HS256"])
def test_an_unsigned_token_is_refused_unasked(endpoint: Endpoint, alice: Any, alg: str) -> None:
    signed = forge.sign(endpoint.claims_of(alice), {"alg": alg})

    with queries(0):
        response = endpoint.send(signed.rpartition(".")[0] + ".")

    assert_malformed(response)


@at(EVERY)
def test_of_two_algorithms_in_a_header_the_last_one_counts(endpoint: Endpoint, alice: Any) -> None:
    claims = endpoint.claims_of(alice)

    accepted = endpoint.send(forge.sign(claims, [("alg", "none"), ("alg", "HS256")]))
    refused = endpoint.send(forge.sign(claims, [("alg", "HS256"), ("alg", "none")]))

    assert accepted.status_code == 200
    assert_malformed(refused)
