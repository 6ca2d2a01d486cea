"""The OpenAPI schema of our endpoints: valid, without a warning, and as the settings are."""

import pytest
from rest_framework.filters import SearchFilter
from rest_framework_simplejwt import authentication as simplejwt

from jwt_invalidation import views
from tests.support.openapi import Declared, generate

BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
OPEN = {"", "refresh/", "verify/", "blacklist/", "sliding/", "sliding/refresh/"}
CLOSED = {"logout-all/", "logout-others/", "sessions/", "sessions/{sid}/", "password/"}


def answer(schema, path, status, method="post"):
    """Return the schema of a body, its reference followed."""
    response = schema["paths"][f"/api/token/{path}"][method]["responses"][status]
    body = response["content"]["application/json"]["schema"]
    return schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("split", [False, True], ids=["together", "split"])
@pytest.mark.parametrize("rotate", [False, True], ids=["kept", "rotating"])
def test_it_is_valid_and_every_operation_has_a_name_of_its_own(
    simplejwt_settings, version, split, rotate
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = rotate

    schema = generate(OAS_VERSION=version, COMPONENT_SPLIT_REQUEST=split)

    assert schema["openapi"] == version
    operations = Declared(schema).operations
    assert {path for _, path in operations} == {
        "/api/me/",
        "/api/token/logout/",
        *(f"/api/token/{path}" for path in OPEN | CLOSED),
    }
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)


def test_every_operation_of_ours_is_described_and_under_one_of_two_headings():
    operations = Declared(generate()).operations

    ours = [each for (_, path), each in operations.items() if path.startswith("/api/token/")]
    assert {tag for operation in ours for tag in operation["tags"]} == {"tokens", "sessions"}
    for operation in ours:
        assert operation["description"]
        assert {"401", "503"} <= set(operation["responses"])
        assert list(operation["responses"]) == sorted(operation["responses"])


def test_who_needs_an_access_token_is_told_so_and_a_logout_does_without():
    schema = generate()

    wanted = {
        path: operation.get("security", [])
        for (_, path), operation in Declared(schema).operations.items()
    }
    token = {"accessTokenAuth": []}
    assert wanted == {
        "/api/me/": [token],
        "/api/token/logout/": [token, {}],
        **{f"/api/token/{path}": [] for path in OPEN},
        **{f"/api/token/{path}": [token] for path in CLOSED},
    }
    assert schema["components"]["securitySchemes"] == {"accessTokenAuth": BEARER}


def test_the_scheme_is_as_the_header_is(simplejwt_settings, monkeypatch):
    simplejwt_settings.AUTH_HEADER_NAME = "HTTP_X_ACCESS_TOKEN"
    monkeypatch.setattr(simplejwt, "AUTH_HEADER_TYPES", ("JWT", "Bearer"))

    [scheme] = generate()["components"]["securitySchemes"].values()

    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-access-token")
    assert '"JWT"' in scheme["description"]


@pytest.mark.parametrize("rotate", [False, True])
def test_a_refresh_answers_a_refresh_token_only_where_they_rotate(simplejwt_settings, rotate):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = rotate

    tokens = answer(generate(), "refresh/", "200")

    fields = {"access", "refresh"} if rotate else {"access"}
    assert set(tokens["properties"]) == set(tokens["required"]) == fields


@pytest.mark.parametrize("path", ["", "password/"])
def test_a_login_and_a_new_password_answer_a_pair(path):
    tokens = answer(generate(), path, "200")

    assert set(tokens["properties"]) == set(tokens["required"]) == {"access", "refresh"}


def test_the_list_has_no_token_in_it_and_cannot_be_searched(monkeypatch):
    monkeypatch.setattr(views.SessionListView, "filter_backends", [SearchFilter])

    schema = generate()

    operation = schema["paths"]["/api/token/sessions/"]["get"]
    assert [each["name"] for each in operation["parameters"]] == ["page"]
    assert "Link" in operation["responses"]["200"]["headers"]
    body = answer(schema, "sessions/", "200", method="get")
    assert body == {"type": "array", "items": {"$ref": "#/components/schemas/TokenSession"}}
    assert set(schema["components"]["schemas"]["TokenSession"]["properties"]) == {
        "sid",
        "device",
        "ip_address",
        "created_at",
        "last_used_at",
        "is_current",
    }


def test_the_id_of_a_session_is_text_and_explained():
    [sid] = generate()["paths"]["/api/token/sessions/{sid}/"]["delete"]["parameters"]

    assert (sid["name"], sid["in"], sid["required"]) == ("sid", "path", True)
    assert sid["schema"] == {"type": "string"}
    assert "claim `sid`" in sid["description"]
