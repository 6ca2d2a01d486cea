"""Hostile times: `exp`, `nbf` and `iat` that crash, or that live for ever."""

from typing import Any

import pytest

from tests.support import forge
from tests.support.endpoints import EVERY, Endpoint, assert_malformed, at, queries
from tests.support.forge import MISSING, Raw

pytestmark = pytest.mark.django_db

# In 2096 and in 2001, lest a slow run outlive the one, or workers disagree about the other.
FUTURE = 4_000_000_000
PAST = 1_000_000_000

MALFORMED_EXPIRIES = {
    "missing": MISSING,
    "null": None,
    "true": True,
    "false": False,
    "list": [FUTURE],
    "object": {"exp": FUTURE},
    "NaN": Raw("NaN"),
    "Infinity": Raw("Infinity"),
    "-Infinity": Raw("-Infinity"),
    "1e400": Raw("1e400"),
    "numeric string": str(FUTURE),
    "word": "tomorrow",
    "empty string": "",
    "1e18": Raw("1e18"),
    "1e30": Raw("1e30"),
    "10**18": 10**18,
    "10**30": 10**30,
    "10**400": 10**400,
    "5000 digits": Raw("9" * 5000),
    "milliseconds": FUTURE * 1000,
    "the year 9999": 253370764800,
    "negative": -FUTURE,
    "-10**400": -(10**400),
    "past": PAST,
}


@at(EVERY)
@pytest.mark.parametrize("exp", MALFORMED_EXPIRIES.values(), ids=MALFORMED_EXPIRIES)
def test_an_expiry_that_is_no_future_date_is_refused_unasked(
    endpoint: Endpoint, alice: Any, exp: Any
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), exp=exp))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


SLIDING = tuple(each for each in EVERY if each.name == "sliding refresh")
NO_DATES = {name: exp for name, exp in MALFORMED_EXPIRIES.items() if name != "past"}


@at(SLIDING)
@pytest.mark.parametrize("exp", NO_DATES.values(), ids=NO_DATES)
def test_a_refresh_expiry_that_is_no_date_is_refused_unasked(
    endpoint: Endpoint, alice: Any, exp: Any
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), refresh_exp=exp))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(SLIDING)
def test_a_sliding_token_whose_refresh_expiry_is_past_is_not_renewed(
    endpoint: Endpoint, alice: Any
) -> None:
    claims = endpoint.claims_of(alice)

    refused = endpoint.send(forge.sign({**claims, "refresh_exp": PAST}))

    assert_malformed(refused)
    assert endpoint.send(forge.sign(claims)).status_code == 200


@at(EVERY)
@pytest.mark.parametrize(
    "changes",
    [
        {"exp": FUTURE + 0.5},
        {"exp": Raw(f"{FUTURE}.0e0")},
        {"exp": 253370764799},
        {"iat": MISSING},
        {"iat": 1},
        {"iat": 0},
        {"iat": PAST + 0.5},
        {"nbf": PAST},
    ],
    ids=str,
)
def test_a_time_that_is_unusual_but_right_is_accepted(
    endpoint: Endpoint, alice: Any, changes: dict[str, Any]
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), **changes))

    response = endpoint.send(token)

    assert response.status_code == 200


@at(EVERY)
@pytest.mark.parametrize("claim", ["nbf", "iat"])
@pytest.mark.parametrize(
    "value",
    [FUTURE, Raw("1e30"), 10**400, Raw("NaN"), Raw("Infinity"), Raw("-1e400"), None, [1], "x"],
    ids=lambda value: str(value)[:20],
)
def test_a_token_that_is_not_yet_valid_or_cannot_tell_is_refused_unasked(
    endpoint: Endpoint, alice: Any, claim: str, value: Any
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), **{claim: value}))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)
