"""Every endpoint that takes a token, by the type of token, and what it must answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
from typing import Any

from django.db import connections
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from jwt_invalidation.tokens import RefreshToken, SlidingToken
from tests.support import people
from tests.support.simplejwt import simplejwt


@dataclass(frozen=True)
class Endpoint:
    """A way to send a token to the site, and the type of token that it takes."""

    name: str
    #: The type of token that is let in.
    takes: str
    #: Where to post the token; None for a view that reads it from the header.
    url: str | None = None
    #: The name of the token in the body.
    field: str = "token"

    def claims_of(self, user: Any) -> dict[str, Any]:
        """Mint a genuine token that fits, and return its claims."""
        if self.takes == "sliding":
            return dict(SlidingToken.for_user(user).payload)
        refresh = RefreshToken.for_user(user)
        return dict(refresh.payload if self.takes == "refresh" else refresh.access_token.payload)

    def send(self, token: str) -> Response:
        """Return the answer to a token, once it is sure that nothing was raised behind it."""
        if self.url is None:
            return self.send_header(f"Bearer {token}")
        return self.send_json({self.field: token})

    def send_header(self, header: str) -> Response:
        """Return the answer to an ``Authorization`` header."""
        with self._serving():
            return sound(new_client().get("/api/me/", headers={"Authorization": header}))

    def send_json(self, body: Any) -> Response:
        """Return the answer to a body as JSON, where a lone surrogate stays one."""
        return self.send_body(json.dumps(body), content_type="application/json")

    def send_body(self, body: Any, **options: Any) -> Response:
        """Return the answer to a body."""
        with self._serving():
            return sound(new_client().post(self.url, body, **options))

    @contextmanager
    def _serving(self) -> Iterator[None]:
        if self.takes != "sliding":
            yield
            return
        with simplejwt(AUTH_TOKEN_CLASSES=(SlidingToken,)):
            yield


EVERY = (
    Endpoint("header", "access"),
    Endpoint("sliding header", "sliding"),
    Endpoint("refresh", "refresh", "/api/token/refresh/", "refresh"),
    Endpoint("verify", "access", "/api/token/verify/"),
    Endpoint("verify refresh", "refresh", "/api/token/verify/"),
    Endpoint("sliding refresh", "sliding", "/api/token/sliding/refresh/"),
    Endpoint("blacklist", "refresh", "/api/token/blacklist/", "refresh"),
)
HEADERS = tuple(each for each in EVERY if each.url is None)
BODIES = tuple(each for each in EVERY if each.url is not None)
#: Where the type of the token matters; verify takes all of them.
TYPED = tuple(each for each in EVERY if not each.name.startswith("verify"))


def at(endpoints: tuple[Endpoint, ...]) -> pytest.MarkDecorator:
    """Run a test at each of these endpoints."""
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda each: each.name)


def new_client() -> APIClient:
    """Return a client that turns what is raised into a 500, as a server does."""
    return APIClient(raise_request_exception=False)


def sound(response: Any) -> Response:
    """Return the answer to a request in which nothing was raised that nobody expected."""
    assert response.exc_info is None, response.exc_info
    assert response.status_code != 500
    answer: Response = response
    return answer


def log_in(user: Any, password: str = people.PASSWORD, *, sliding: bool = False) -> Response:
    """Return the answer to a login."""
    url = "/api/token/sliding/" if sliding else "/api/token/"
    return sound(new_client().post(url, people.credentials(user, password)))


def assert_refused(response: Response, code: str) -> None:
    """Assert a 401 with our body, this code and a challenge that blames the token."""
    assert response.status_code == 401, response.content
    assert response.json()["code"] == code, response.content
    assert {"detail", "code"} <= set(response.json()) <= {"detail", "code", "messages"}
    assert type(response.json()["detail"]) is str
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def assert_malformed(response: Response) -> None:
    """Assert what a token gets that nobody honest has written."""
    assert_refused(response, "token_not_valid")


@contextmanager
def queries(count: int) -> Iterator[None]:
    """Assert how many queries are sent.

    Where there are any, simplejwt's own look at its blacklist may come on top.
    """
    with CaptureQueriesContext(connections["default"]) as captured:
        yield
    sent = [each["sql"] for each in captured]
    if count:
        sent = [sql for sql in sent if "token_blacklist_" not in sql]
    assert len(sent) == count, sent
