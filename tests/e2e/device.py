"""What a user does on one device, which is a browser profile with its own user agent."""

import json
import time

import jwt
from playwright.sync_api import expect

from testproject.settings import SIMPLE_JWT
from tests.e2e.site import PASSWORD

LAPTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)
TABLET = "Mozilla/5.0 (Android 15; Tablet; rv:144.0) Gecko/144.0 Firefox/144.0"
LAPTOP_NAME, PHONE_NAME, TABLET_NAME = "Chrome on Linux", "Safari on iPhone", "Firefox on Android"


class Device:
    """Holds a page, and the errors that the browser reports about it."""

    def __init__(self, browser, site, user_agent, **options):
        self.site = site
        self.context = browser.new_context(
            base_url=site.url, user_agent=user_agent, locale="en-GB", **options
        )
        self.complaints = []
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def close(self):
        self.context.close()

    def _hear(self, message):
        # The tests provoke refused requests. Any other error is a mistake of the page.
        is_failure = message.text.startswith("Failed to load resource")
        is_refusal = is_failure and "/api/" in message.location["url"]
        if message.type in ("error", "warning") and not is_refusal:
            self.complaints.append(message.text)

    def log_in(self, username="alice", password=PASSWORD):
        self.page.goto("/login/")
        self.type_login(username, password)
        self.assert_is_in()
        return self

    def type_login(self, username, password):
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.button("Log in").click()

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def click_on(self):
        """Do what any logged-in user can do."""
        self.button("Refresh").click()

    def click_on_until_answered(self):
        self.click_on()
        expect(self.button("Refresh")).to_have_attribute("aria-busy", "false")

    def change_password(self, old, new):
        self.page.get_by_label("Current password").fill(old)
        self.page.get_by_label("New password").fill(new)
        self.button("Change password").click()

    def end(self, name):
        """Log out another device, and confirm it."""
        self.button(f"Log out {name}").click()
        self.button("Yes, log out").click()

    def end_others(self):
        self.button("Log out all others").click()
        self.button("Yes, log out").click()

    @property
    def dialog(self):
        return self.page.get_by_role("dialog", name="Is it still you?")

    def confirm_login(self, password):
        self.dialog.get_by_label("Password").fill(password)
        self.dialog.get_by_role("button", name="Continue").click()

    # What the page shows.

    @property
    def names(self):
        return self.page.locator("#sessions .name > span:first-child")

    def assert_lists(self, *names):
        """The list contains exactly these names, that of this device first."""
        expect(self.names).to_have_text(list(names))

    def assert_is_told(self, text):
        expect(self.page.get_by_role("status")).to_have_text(text)

    def assert_is_warned(self, text):
        expect(self.page.locator("#error")).to_have_text(text)

    def assert_is_in(self):
        expect(self.page).to_have_title("Your devices")
        expect(self.page.locator("#sessions, #no-sessions")).not_to_have_attribute(
            "aria-busy", "true"
        )

    def assert_still_in(self):
        """The next click is answered."""
        with self.page.expect_response("**/api/token/sessions/") as answered:
            self.click_on()
        assert answered.value.status == 200
        self.assert_is_in()
        assert self.kept

    def assert_thrown_out(self):
        """The next click leads to the login page, and the tokens are deleted."""
        self.click_on()
        self.assert_is_at_login("You have been logged out.")

    def assert_is_at_login(self, notice):
        expect(self.page).to_have_title("Log in")
        self.assert_is_told(notice)
        assert self.kept is None

    # The tokens.

    @property
    def kept(self):
        return json.loads(self.page.evaluate("sessionStorage.getItem('login')") or "null")

    def rewrite_tokens(self, **seconds):
        """Move these claims of the tokens this number of seconds into the past."""
        login = self.kept
        for name in ("access", "refresh"):
            claims = jwt.decode(login[name], options={"verify_signature": False})
            now = int(time.time())
            of_this = {
                claim: now - age
                for claim, age in seconds.items()
                if claim == "auth_time" or name == "access"
            }
            login[name] = jwt.encode({**claims, **of_this}, SIMPLE_JWT["SIGNING_KEY"], "HS256")
        self.page.evaluate("login => sessionStorage.setItem('login', JSON.stringify(login))", login)

    def expire_access_token(self):
        self.rewrite_tokens(exp=60)

    def forget_recent_login(self):
        self.rewrite_tokens(auth_time=3600)
