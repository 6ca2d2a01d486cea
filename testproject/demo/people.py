"""The users of the demo, and the devices on which they are logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
import jwt

from .browser import Answer, Browser


class Device:
    """Holds the tokens of one login, and sends them to every endpoint."""

    def __init__(self, name: str, site: str) -> None:
        self.name = name
        self.browser = Browser(site)
        self.access: str | None = None
        self.refresh: str | None = None

    def log_in(self, person: Person) -> Answer:
        """Exchange the credentials for tokens, which replace those of an earlier login."""
        body = {"username": person.user.username, "password": person.password}
        answer = self.browser.post("/api/token/", body)
        self.access, self.refresh = (answer.json.get(each) for each in ("access", "refresh"))
        return answer

    def me(self) -> Answer:
        """Send the access token to an ordinary view."""
        return self.browser.get("/api/me/", token=self.access)

    def access_claims(self) -> dict[str, Any]:
        """Return the claims of the access token; raise a ``jwt.DecodeError`` if there is none."""
        claims: dict[str, Any] = jwt.decode(self.access, options={"verify_signature": False})
        return claims

    def change_password(self, person: Person, new: str) -> Answer:
        """Change the password with the access token. The person remembers it if it worked."""
        body = {"old_password": person.password, "new_password": new}
        answer = self.browser.post("/api/password/", body, token=self.access)
        if answer.status == 204:
            person.password = new
        return answer

    def refresh_tokens(self) -> Answer:
        """Exchange the refresh token for tokens, which replace the current ones."""
        answer = self.browser.post("/api/token/refresh/", {"refresh": self.refresh})
        self.access = answer.json.get("access", self.access)
        self.refresh = answer.json.get("refresh", self.refresh)
        return answer

    def log_out(self) -> Answer:
        """End the session of the refresh token."""
        return self.browser.post("/api/token/logout/", {"refresh": self.refresh})

    def ask_endpoints(self) -> dict[str, Answer]:
        """Send the tokens to each endpoint; return the answers by its name."""
        return {
            "me": self.me(),
            "refresh": self.refresh_tokens(),
            "verify": self.browser.post("/api/token/verify/", {"token": self.access}),
        }


@dataclass
class Person:
    """A user with the password that the user remembers."""

    user: User
    password: str

    @classmethod
    def join(cls, username: str, **fields: Any) -> Person:
        """Create the user."""
        password = f"the first secret of {username}"
        return cls(User.objects.create_user(username, password=password, **fields), password)
