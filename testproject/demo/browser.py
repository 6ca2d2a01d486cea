"""An HTTP client of the standard library, with a cookie jar: no redirect is followed unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from .forms import form_with

TIMEOUT = 30  # seconds, of a server that hangs


@dataclass(frozen=True)
class Answer:
    """What came back: printed as its status, with the error code of the API if there is one."""

    url: str
    status: int
    headers: HTTPMessage
    body: str

    @property
    def json(self) -> dict[str, Any]:
        """The object in the body, empty if there is none."""
        if self.headers.get_content_type() != "application/json":
            return {}
        content = json.loads(self.body)
        return content if isinstance(content, dict) else {}

    def __str__(self) -> str:
        return f"{self.status} {self.json.get('code', '')}".strip()


class Unredirected(HTTPRedirectHandler):
    """Answers a redirect as it is."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing."""


class Browser:
    """One device's way to the site."""

    def __init__(self, site: str) -> None:
        self.site = site
        # No proxy that the environment may name: the site is on this machine.
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(), Unredirected())

    def get(self, path: str, *, token: str = "") -> Answer:
        """Ask for a page."""
        return self._send(Request(urljoin(self.site, path)), token)

    def post(self, path: str, body: dict[str, str], *, token: str = "") -> Answer:
        """Send an object to the API, as JSON."""
        request = Request(urljoin(self.site, path), json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        return self._send(request, token)

    def submit(
        self, page: Answer, field: str, filled: Mapping[str, str] | Mapping[str, list[str]]
    ) -> Answer:
        """Send back the form of ``page`` that has this field: all that is hidden, and ``filled``."""
        form = form_with(field, page.body)
        fields = [*form.hidden, *filled.items()]
        request = Request(urljoin(page.url, form.action), urlencode(fields, doseq=True).encode())
        return self._send(request)

    def _send(self, request: Request, token: str = "") -> Answer:
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            response = self.opener.open(request, timeout=TIMEOUT)
        except HTTPError as error:
            response = error
        with response:
            body = response.read().decode()
            return Answer(request.full_url, response.status, response.headers, body)
