"""An HTTP client made of the standard library. It keeps cookies and follows no redirects."""

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

TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Answer:
    """An HTTP response. It is printed as its status and the error code, if there is one."""

    url: str
    status: int
    headers: HTTPMessage
    body: str

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object in the body, or an empty one."""
        if self.headers.get_content_type() != "application/json":
            return {}
        content = json.loads(self.body)
        return content if isinstance(content, dict) else {}

    def __str__(self) -> str:
        return f"{self.status} {self.json.get('code', '')}".strip()


class Unredirected(HTTPRedirectHandler):
    """Returns a redirect as it is."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Return None, which follows no redirect."""


class Browser:
    """The HTTP client of one device."""

    def __init__(self, site: str) -> None:
        self.site = site
        # Proxies named in the environment are ignored: the site is on this machine.
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(), Unredirected())

    def get(self, path: str, *, token: str | None = None) -> Answer:
        """Get a page."""
        return self._send(Request(urljoin(self.site, path)), token)

    def post(
        self, path: str, body: Mapping[str, str | None], *, token: str | None = None
    ) -> Answer:
        """Send an object to the API as JSON."""
        request = Request(urljoin(self.site, path), json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        return self._send(request, token)

    def submit(
        self, page: Answer, field: str, filled: Mapping[str, str] | Mapping[str, list[str]]
    ) -> Answer:
        """Submit the form of ``page`` that has this field: its hidden fields and ``filled``."""
        form = form_with(field, page.body)
        fields = [*form.hidden, *filled.items()]
        request = Request(urljoin(page.url, form.action), urlencode(fields, doseq=True).encode())
        return self._send(request)

    def _send(self, request: Request, token: str | None = None) -> Answer:
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            response = self.opener.open(request, timeout=TIMEOUT)
        except HTTPError as error:
            response = error
        with response:
            body = response.read().decode()
            return Answer(request.full_url, response.status, response.headers, body)
