"""What the script does with tokens: refresh them, ask for the password again, wait, give up."""

from playwright.sync_api import expect
import pytest

from tests.e2e.device import LAPTOP, LAPTOP_NAME, PHONE, PHONE_NAME
from tests.e2e.site import PASSWORD

UNAVAILABLE = "Your login cannot be checked at the moment. Please try again."
SESSIONS = "SELECT count(*) FROM jwt_invalidation_tokensession WHERE ended_at IS NULL"


@pytest.fixture
def laptop(device):
    return device(LAPTOP).log_in()


@pytest.fixture
def refreshes(laptop):
    """The refresh requests of the laptop."""
    requests = []
    laptop.page.on("request", lambda each: each.url.endswith("/refresh/") and requests.append(each))
    return requests


def test_an_expired_access_token_is_refreshed_unseen(laptop, refreshes):
    before = laptop.kept
    laptop.expire_access_token()

    laptop.click_on_until_answered()

    laptop.assert_lists(LAPTOP_NAME)
    assert len(refreshes) == 1
    assert laptop.kept["refresh"] != before["refresh"]
    laptop.assert_still_in()
    assert len(refreshes) == 1


def test_calls_at_the_same_time_share_one_refresh(device, laptop, refreshes):
    phone = device(PHONE).log_in()
    laptop.click_on()
    laptop.button("Log out all others").click()
    laptop.expire_access_token()

    laptop.page.evaluate("for (const id of ['.yes', '#reload']) document.querySelector(id).click()")

    laptop.assert_is_told("All your other devices are logged out.")
    laptop.assert_lists(LAPTOP_NAME)
    assert len(refreshes) == 1
    phone.assert_thrown_out()


def test_a_call_that_is_refused_late_takes_the_tokens_that_another_one_got(
    device, laptop, refreshes
):
    phone = device(PHONE).log_in()
    laptop.click_on_until_answered()
    held = []
    laptop.page.route("**/logout-others/", lambda route: held.append(route), times=1)
    laptop.expire_access_token()

    with laptop.page.expect_request("**/logout-others/"):
        laptop.end_others()
    laptop.click_on_until_answered()
    held[0].continue_()

    laptop.assert_is_told("All your other devices are logged out.")
    assert len(refreshes) == 1
    phone.assert_thrown_out()
    laptop.assert_still_in()


def test_a_duplicated_tab_is_handed_the_successors(laptop):
    with laptop.page.expect_popup() as opened:
        laptop.page.evaluate("open('/devices/')")
    twin = opened.value
    expect(twin.locator(".session")).to_have_count(1)
    laptop.expire_access_token()

    laptop.click_on_until_answered()

    twin.wait_for_function(
        "login => sessionStorage.getItem('login') === JSON.stringify(login)", arg=laptop.kept
    )


def test_a_login_of_long_ago_is_asked_for_the_password_and_goes_on(device, site, laptop):
    phone = device(PHONE).log_in()
    laptop.click_on()
    laptop.assert_lists(LAPTOP_NAME, PHONE_NAME)
    laptop.forget_recent_login()

    laptop.end(PHONE_NAME)
    expect(laptop.dialog).to_be_visible()
    expect(laptop.dialog.get_by_label("Username")).to_have_value("alice")
    expect(laptop.dialog.get_by_label("Password")).to_be_focused()
    phone.assert_still_in()
    laptop.confirm_login("wrong horse")
    expect(laptop.dialog.get_by_role("alert")).to_have_text(
        "The username or the password is wrong."
    )
    phone.assert_still_in()
    laptop.confirm_login(PASSWORD)

    laptop.assert_is_told(f"{PHONE_NAME} is logged out.")
    laptop.assert_lists(LAPTOP_NAME)
    assert site.execute(SESSIONS) == [(1,)]
    phone.assert_thrown_out()
    laptop.assert_still_in()


def test_an_expired_token_of_a_login_of_long_ago_needs_both_remedies(device, laptop, refreshes):
    phone = device(PHONE).log_in()
    laptop.click_on()
    laptop.forget_recent_login()
    laptop.expire_access_token()

    laptop.end_others()
    laptop.confirm_login(PASSWORD)

    laptop.assert_is_told("All your other devices are logged out.")
    assert len(refreshes) == 1
    phone.assert_thrown_out()
    laptop.assert_still_in()


def test_without_the_password_nothing_is_ended(device, laptop):
    phone = device(PHONE).log_in()
    laptop.click_on()
    laptop.forget_recent_login()

    laptop.end(PHONE_NAME)
    expect(laptop.dialog.get_by_label("Password")).to_be_focused()
    laptop.page.keyboard.press("Escape")

    laptop.assert_is_told("Nothing was changed.")
    expect(laptop.dialog).to_be_hidden()
    for each in (phone, laptop):
        each.assert_still_in()


def test_a_state_that_cannot_be_read_throws_nobody_out(site, laptop):
    with site.without_table("jwt_invalidation_tokenstate"):
        laptop.click_on()
        laptop.assert_is_warned(UNAVAILABLE)

    laptop.assert_still_in()
    laptop.assert_is_warned("")


def test_a_site_that_cannot_be_reached_throws_nobody_out(laptop):
    laptop.context.set_offline(True)
    laptop.click_on()
    laptop.assert_is_warned("The site cannot be reached. Please try again.")

    laptop.context.set_offline(False)
    laptop.assert_still_in()


@pytest.mark.parametrize("username", ["alice", "nobody"])
def test_a_wrong_password_is_explained_and_keeps_nothing(device, username):
    laptop = device(LAPTOP)
    laptop.page.goto("/login/")

    laptop.type_login(username, "wrong horse")

    laptop.assert_is_warned("The username or the password is wrong.")
    expect(laptop.page.get_by_label("Password")).to_be_focused()
    assert laptop.kept is None
    laptop.type_login("alice", PASSWORD)
    laptop.assert_still_in()


def test_the_devices_are_not_shown_without_a_login(device, laptop):
    stranger = device(PHONE)

    stranger.page.goto("/")
    laptop.page.goto("/login/")

    stranger.assert_is_at_login("")
    laptop.assert_still_in()
