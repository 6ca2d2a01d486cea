"""Who plays in the demo: users, and the devices that they are logged in on."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
import jwt

from .browser import Answer, Browser


class Device:
    """Holds the tokens of one login, and shows them at every entrance."""

    def __init__(self, name: str, site: str) -> None:
        self.name = name
        self.browser = Browser(site)
        self.access = self.refresh = ""

    def log_in(self, person: "Person") -> Answer:
        """Exchange the credentials for tokens, which replace those of the login before."""
        body = {"username": person.user.username, "password": person.password}
        answer = self.browser.post("/api/token/", body)
        self.access, self.refresh = (answer.json.get(each, "") for each in ("access", "refresh"))
        return answer

    def me(self) -> Answer:
        """Use the access token."""
        return self.browser.get("/api/me/", token=self.access)

    def access_claims(self) -> dict[str, Any]:
        """Read what the access token says; raise a ``jwt.DecodeError`` if there is none."""
        claims: dict[str, Any] = jwt.decode(self.access, options={"verify_signature": False})
        return claims

    def change_password(self, person: "Person", new: str) -> Answer:
        """Change it by the API, as the bearer of the access token; the person knows if it worked."""
        body = {"old_password": person.password, "new_password": new}
        answer = self.browser.post("/api/password/", body, token=self.access)
        if answer.status == 204:
            person.password = new
        return answer

    def refresh_tokens(self) -> Answer:
        """Exchange the refresh token for tokens, which replace those from before."""
        answer = self.browser.post("/api/token/refresh/", {"refresh": self.refresh})
        self.access = answer.json.get("access", self.access)
        self.refresh = answer.json.get("refresh", self.refresh)
        return answer

    def log_out(self) -> Answer:
        """End the session of the refresh token."""
        return self.browser.post("/api/token/logout/", {"refresh": self.refresh})

    def entrances(self) -> dict[str, Answer]:
        """Show the tokens at each entrance."""
        return {
            "me": self.me(),
            "refresh": self.refresh_tokens(),
            "verify": self.browser.post("/api/token/verify/", {"token": self.access}),
        }


@dataclass
class Person:
    """A user, and the password as the user knows it."""

    user: User
    password: str

    @classmethod
    def join(cls, username: str, **fields: Any) -> "Person":
        """Create the user."""
        password = f"the first secret of {username}"
        return cls(User.objects.create_user(username, password=password, **fields), password)
