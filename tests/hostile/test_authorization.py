"""Hostile spellings of the `Authorization` header, and schemes that are not ours."""

from typing import Any

import pytest

from tests.support import forge
from tests.support.endpoints import HEADERS, Endpoint, assert_malformed, assert_refused, at, queries

pytestmark = pytest.mark.django_db


@at(HEADERS)
@pytest.mark.parametrize(
    "header",
    ["Bearer {}", "Bearer  {}", "Bearer\t{}", " Bearer {}", "Bearer {} ", "Bearer {}\t "],
    ids=repr,
)
def test_blanks_around_a_token_in_the_header_do_not_matter(
    endpoint: Endpoint, alice: Any, header: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    response = endpoint.send_header(header.format(token))

    assert response.status_code == 200


@at(HEADERS)
@pytest.mark.parametrize(
    "header",
    [
        "Bearer {0}, Bearer {0}",
        "Bearer {0} {0}",
        "Bearer {0} x",
        "Bearer {0}, Basic eDp4",
        "Bearer",
    ],
)
def test_a_header_of_other_than_two_parts_is_refused_unasked(
    endpoint: Endpoint, alice: Any, header: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    with queries(0):
        response = endpoint.send_header(header.format(token))

    assert_refused(response, "bad_authorization_header")


@at(HEADERS)
@pytest.mark.parametrize("header", ["Bearer {0},{0}", "Bearer ,{0}", "Bearer {0},", 'Bearer "{0}"'])
def test_two_parts_of_which_the_second_is_no_token_are_refused_unasked(
    endpoint: Endpoint, alice: Any, header: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    with queries(0):
        response = endpoint.send_header(header.format(token))

    assert_malformed(response)


@at(HEADERS)
@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "bearer {}",
        "BEARER {}",
        "Basic eDp4",
        "JWT {}",
        "Token {}",
        "{}",
        "Bearer:{}",
        "é {}",
    ],
)
def test_another_scheme_is_a_request_without_a_token(
    endpoint: Endpoint, alice: Any, header: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    with queries(0):
        response = endpoint.send_header(header.format(token))

    assert response.status_code == 401
    # RFC 6750, section 3.1: no error code for an authentication that is none of ours.
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
