"""What the pages load, whether they fit on a screen, and what they show without sessions."""

from playwright.sync_api import expect
import pytest

from tests.e2e.device import LAPTOP, LAPTOP_NAME, PHONE, PHONE_NAME, TABLET, TABLET_NAME
from tests.e2e.site import PASSWORD, serving

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
AGENTS = {
    f"{WINDOWS} {WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": "Edge on Windows",
    f"{WINDOWS} {WEBKIT} Chrome/142.0.0.0 Safari/537.36 OPR/120.0.0.0": "Opera on Windows",
    f"{MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15": (
        "Safari on macOS"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0": (
        "Firefox on macOS"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
    f"Mozilla/5.0 (Linux; Android 15; SM-S911B) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0"
    " Mobile Safari/537.36": "Samsung Internet on Android",
    f"Mozilla/5.0 (X11; CrOS x86_64 16181.0.0) {WEBKIT} Chrome/142.0.0.0 Safari/537.36": (
        "Chrome on ChromeOS"
    ),
    TABLET: TABLET_NAME,
    PHONE: PHONE_NAME,
    "curl/8.5.0": "curl/8.5.0",
    "Chrome": "Chrome",
    "<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>",
    "x" * 300: "x" * 255,
    "": "Unknown device",
}
POLICY = {
    "default-src 'none'",
    "connect-src 'self'",
    "img-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
}
NARROW = {"width": 320, "height": 640}
# The sessions in the screenshots: user agent, address, minutes since the last use and the login.
HOUR = 60
DAY = 24 * HOUR
SHOWN = [
    (LAPTOP, "192.0.2.17", 0, 2 * HOUR + 10),
    (PHONE, "198.51.100.4", 12, 9 * DAY + HOUR),
    (f"{WINDOWS} {WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "192.0.2.17", 190, 3000),
    ("backup-script/2.1", "203.0.113.80", 20 * HOUR + 10, 26 * DAY + HOUR),
]
LOGIN_FRAME, DEVICES_FRAME = {"width": 880, "height": 580}, {"width": 880, "height": 860}


@pytest.fixture
def log_in_as(device):
    """Log in with any user agent, without a browser."""
    program = device(LAPTOP)

    def log_in(user_agent):
        body = {"username": "alice", "password": PASSWORD}
        headers = {"User-Agent": user_agent}
        assert program.context.request.post("/api/token/", data=body, headers=headers).ok

    return log_in


def test_devices_are_named_by_what_is_known_and_by_their_own_words_otherwise(device, log_in_as):
    for agent in AGENTS:
        log_in_as(agent)

    laptop = device(LAPTOP).log_in()

    expect(laptop.names).to_have_count(len(AGENTS) + 1)
    assert set(laptop.names.all_text_contents()) == {LAPTOP_NAME, *AGENTS.values()}
    titles = [each.get_attribute("title") for each in laptop.names.all()]
    assert set(titles) == {LAPTOP, *(agent[:255] for agent in AGENTS)}
    expect(laptop.page.locator("#sessions img")).to_have_count(0)


@pytest.mark.parametrize("path", ["/login/", "/devices/"])
def test_the_pages_load_nothing_but_their_own_files(device, path):
    laptop = device(LAPTOP).log_in()
    addresses = []
    laptop.page.on("request", lambda each: addresses.append(each.url))

    answer = laptop.page.goto(path)
    laptop.assert_is_in()

    assert set(answer.headers["content-security-policy"].split("; ")) == POLICY
    assert answer.headers["x-frame-options"] == "DENY"
    assert len(addresses) >= 4
    assert [each for each in addresses if not each.startswith(laptop.site.url)] == []


def test_a_script_that_somebody_else_has_put_into_the_page_does_not_run(device):
    laptop = device(LAPTOP).log_in()

    laptop.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.append("window.ran = true");
            document.body.append(script);
        }"""
    )

    assert laptop.page.evaluate("window.ran") is None
    assert laptop.complaints
    laptop.complaints.clear()
    laptop.assert_still_in()


def test_nothing_sticks_out_on_a_narrow_screen(device, log_in_as):
    for agent in AGENTS:
        log_in_as(agent)
    phone = device(PHONE, viewport=NARROW)
    sticks_out = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

    phone.page.goto("/login/")
    assert not phone.page.evaluate(sticks_out)

    phone.log_in()
    expect(phone.names).to_have_count(len(AGENTS) + 1)
    assert not phone.page.evaluate(sticks_out)
    phone.button("Log out Opera on Windows").click()
    phone.button("Log out all others").click()
    assert not phone.page.evaluate(sticks_out)
    phone.forget_recent_login()
    phone.button("Yes, log out").first.click()
    expect(phone.dialog).to_be_visible()
    assert not phone.page.evaluate(sticks_out)


@pytest.mark.parametrize("strategy", ["version", "blacklist", "expiry"])
def test_without_sessions_there_is_no_list_and_a_changed_password_still_throws_out(
    device, tmp_path, strategy
):
    with serving(tmp_path, STRATEGY=strategy) as site:
        laptop, phone = device(LAPTOP, at=site).log_in(), device(PHONE, at=site).log_in()
        note = laptop.page.locator("#no-sessions")
        expect(note).to_contain_text(f"the strategy “{strategy}”, which keeps no sessions")
        expect(laptop.page.locator("#sessions, #reload, #logout-others")).to_have_count(0)

        laptop.change_password(PASSWORD, "another horse")
        laptop.assert_is_told("Your password is changed. All your other devices are logged out.")
        phone.change_password("another horse", "a third horse")
        phone.assert_is_at_login("You have been logged out.")

        laptop.change_password("another horse", "a third horse")
        laptop.assert_is_told("Your password is changed. All your other devices are logged out.")
        laptop.button("Log out").click()
        laptop.assert_is_at_login("You are logged out on this device.")


def test_screenshots(device, site, log_in_as, screenshots):
    for agent, *_ in SHOWN[1:]:
        log_in_as(agent)
    laptop = device(LAPTOP, viewport=LOGIN_FRAME, device_scale_factor=2)
    laptop.page.goto("/login/")
    laptop.page.get_by_label("Username").fill("alice")
    laptop.page.get_by_label("Password").fill(PASSWORD)
    laptop.page.screenshot(path=screenshots / "login.png", animations="disabled")
    laptop.button("Log in").click()
    laptop.assert_is_in()

    for agent, address, used, made in SHOWN:
        site.execute(
            "UPDATE jwt_invalidation_tokensession SET ip_address = ?,"
            " last_used_at = datetime('now', ?), created_at = datetime('now', ?) WHERE user_agent = ?",
            *(address, f"-{used} minutes", f"-{made} minutes", agent),
        )
    laptop.page.set_viewport_size(DEVICES_FRAME)
    laptop.page.reload()
    expect(laptop.page.locator(".session")).to_have_count(len(SHOWN))
    laptop.page.screenshot(path=screenshots / "devices.png", animations="disabled")
