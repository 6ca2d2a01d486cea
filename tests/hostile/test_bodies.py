"""Hostile bodies: JSON that is too deep, no object, or of the wrong types."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
import pytest

from tests.support import forge
from tests.support.endpoints import (
    BODIES,
    HEADERS,
    Endpoint,
    assert_malformed,
    at,
    log_in,
    new_client,
    queries,
    sound,
)

pytestmark = pytest.mark.django_db

LOGINS = (
    Endpoint("login", "", "/api/token/", "password"),
    Endpoint("sliding login", "", "/api/token/sliding/", "password"),
)

NO_OBJECTS = {
    "100k lists": b"[" * 100_000,
    "50k objects": b'{"a":' * 50_000,
    "50k closed lists": b"[" * 50_000 + b"]" * 50_000,
    "nothing": b"",
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "number of 5000 digits": b"1" * 5000,
    "string": b'"token"',
    "empty string": b'""',
    "list": b"[]",
    "list of objects": b'[{"token":"x","refresh":"x"}]',
    "empty object": b"{}",
    "half": b'{"token":',
    "NaN": b"NaN",
    "NUL": b"\0",
    "no UTF-8": b'{"token":"\xff\xfe"}',
    "UTF-16": '{"token":"x"}'.encode("utf-16"),
}

NO_STRINGS = {
    "null": None,
    "true": True,
    "list": ["a.b.c"],
    "object": {"token": "a.b.c"},
    "empty": "",
    "blank": " ",
    "NUL": "a\0b",
    "lone surrogate": "\ud800",
}


def username_field() -> str:
    field: str = get_user_model().USERNAME_FIELD
    return field


@at((*BODIES, *LOGINS))
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("body", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_a_body_that_is_no_object_with_a_token_is_a_bad_request(
    endpoint: Endpoint, db: None, body: bytes, accept: str
) -> None:
    with queries(0):
        response = endpoint.send_body(
            body, content_type="application/json", headers={"Accept": accept}
        )

    assert response.status_code == 400


@at(BODIES)
@pytest.mark.parametrize("value", NO_STRINGS.values(), ids=NO_STRINGS)
def test_a_value_that_is_no_text_is_a_bad_request(endpoint: Endpoint, db: None, value: Any) -> None:
    with queries(0):
        response = endpoint.send_json({endpoint.field: value})

    assert response.status_code == 400


@at(BODIES)
@pytest.mark.parametrize("value", [b"1", b"0", b"-1.5", b"1e400", b"1e30"])
def test_a_number_is_the_text_that_it_prints_and_no_token(
    endpoint: Endpoint, db: None, value: bytes
) -> None:
    body = b'{"%s":%s}' % (endpoint.field.encode(), value)

    with queries(0):
        response = endpoint.send_body(body, content_type="application/json")

    assert_malformed(response)


@at(LOGINS)
@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("value", NO_STRINGS.values(), ids=NO_STRINGS)
def test_a_login_with_a_value_that_is_no_text_is_a_bad_request(
    endpoint: Endpoint, alice: Any, field: str, value: Any
) -> None:
    body = {username_field(): alice.get_username(), "password": "x"}
    body[username_field() if field == "username" else field] = value

    with queries(0):
        response = endpoint.send_json(body)

    assert response.status_code == 400


@at(LOGINS)
@pytest.mark.parametrize("name", [1, 1.5, 10**30, "x" * 5_000, "'--", "１", "😀"], ids=ascii)
def test_a_login_of_an_odd_name_is_refused_and_raises_nothing(
    endpoint: Endpoint, alice: Any, name: Any
) -> None:
    response = endpoint.send_json({username_field(): name, "password": "x"})

    assert response.status_code == 401
    assert log_in(alice).status_code == 200


@at(BODIES)
@pytest.mark.parametrize("form", ["json", "multipart"])
def test_a_token_may_come_in_any_form_and_surrounded_by_blanks(
    endpoint: Endpoint, alice: Any, form: str
) -> None:
    # One for each, because a logout kills it.
    first, second = (forge.sign(endpoint.claims_of(alice)) for _ in range(2))

    plain = endpoint.send_body({endpoint.field: first}, format=form)
    blanks = endpoint.send_body({endpoint.field: f" {second}\n", "other": "x"}, format=form)

    assert plain.status_code == 200
    assert blanks.status_code == 200


@at(BODIES)
def test_a_file_in_place_of_a_token_is_a_bad_request(endpoint: Endpoint, alice: Any) -> None:
    token = forge.sign(endpoint.claims_of(alice))
    upload = SimpleUploadedFile("token.jwt", token.encode())

    with queries(0):
        response = endpoint.send_body({endpoint.field: upload}, format="multipart")

    assert response.status_code == 400


@at((*BODIES, *LOGINS))
def test_a_form_that_nobody_reads_is_answered_415(endpoint: Endpoint, db: None) -> None:
    with queries(0):
        response = endpoint.send_body(b"token", content_type="text/plain")

    assert response.status_code == 415


@at(HEADERS)
def test_a_body_is_no_place_for_an_access_token(endpoint: Endpoint, alice: Any) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    response = sound(new_client().get("/api/me/", {"token": token, "access": token}))

    assert response.status_code == 401
