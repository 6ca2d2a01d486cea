"""Who plays in the demo: users, and the devices that they are logged in on."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

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

    def entrances(self) -> dict[str, Answer]:
        """Show the tokens at each entrance."""
        return {
            "me": self.me(),
            "refresh": self.browser.post("/api/token/refresh/", {"refresh": self.refresh}),
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
