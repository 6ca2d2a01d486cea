"""Two browsers are two devices. What one of them does affects the next click on the other."""

from playwright.sync_api import expect
import pytest

from tests.e2e.device import LAPTOP, LAPTOP_NAME, PHONE, PHONE_NAME, TABLET, TABLET_NAME
from tests.e2e.site import PASSWORD

NEW_PASSWORD = "another horse"


@pytest.fixture
def laptop(device):
    return device(LAPTOP).log_in()


@pytest.fixture
def phone(device, laptop):
    return device(PHONE).log_in()


@pytest.fixture
def tablet(device, phone):
    return device(TABLET).log_in()


@pytest.fixture
def neighbour(device):
    """Bob's only device."""
    return device(TABLET).log_in("bob")


def test_two_browsers_are_two_devices_and_each_knows_which_it_is(laptop, phone, neighbour):
    laptop.click_on()

    laptop.assert_lists(LAPTOP_NAME, PHONE_NAME)
    phone.assert_lists(PHONE_NAME, LAPTOP_NAME)
    neighbour.assert_lists(TABLET_NAME)
    for each in (laptop, phone, neighbour):
        badge = each.page.locator(".session", has_text="This device")
        expect(badge).to_have_count(1)
        facts = ["Active now", "127.0.0.1", "Logged in just now"]
        expect(badge.locator(".facts > span")).to_have_text(facts)
        expect(badge.get_by_role("button")).to_have_count(0)


def test_a_device_that_is_ended_is_thrown_out_and_the_one_that_did_it_is_not(
    laptop, phone, tablet, neighbour
):
    laptop.click_on()
    laptop.end(PHONE_NAME)
    laptop.assert_is_told(f"{PHONE_NAME} is logged out.")

    laptop.assert_lists(LAPTOP_NAME, TABLET_NAME)
    phone.assert_thrown_out()
    for each in (laptop, tablet, neighbour):
        each.assert_still_in()


def test_a_device_is_not_ended_without_a_yes(laptop, phone):
    laptop.click_on()
    laptop.button(f"Log out {PHONE_NAME}").click()
    question = laptop.page.get_by_role("group", name=f"Log out {PHONE_NAME}?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()

    laptop.page.keyboard.press("Escape")

    expect(question).to_have_count(0)
    expect(laptop.button(f"Log out {PHONE_NAME}")).to_be_focused()
    phone.assert_still_in()


def test_all_others_are_thrown_out_and_the_one_that_did_it_is_not(laptop, phone, tablet, neighbour):
    laptop.click_on()
    laptop.end_others()
    laptop.assert_is_told("All your other devices are logged out.")

    laptop.assert_lists(LAPTOP_NAME)
    expect(laptop.button("Log out all others")).to_be_hidden()
    phone.assert_thrown_out()
    tablet.assert_thrown_out()
    for each in (laptop, neighbour):
        each.assert_still_in()


def test_a_changed_password_throws_the_others_out_and_the_one_that_did_it_goes_on(
    laptop, phone, neighbour
):
    laptop.change_password(PASSWORD, NEW_PASSWORD)
    laptop.assert_is_told("Your password is changed. All your other devices are logged out.")

    laptop.assert_lists(LAPTOP_NAME)
    phone.assert_thrown_out()
    for each in (laptop, neighbour):
        each.assert_still_in()
    phone.type_login("alice", PASSWORD)
    phone.assert_is_warned("The username or the password is wrong.")
    phone.type_login("alice", NEW_PASSWORD)
    phone.assert_is_in()


def test_a_password_that_is_not_accepted_is_explained_and_changes_nothing(laptop, phone):
    complaints = laptop.page.locator(".complaint")

    laptop.change_password("wrong horse", NEW_PASSWORD)
    expect(complaints).to_have_text("This is not your password.")
    expect(laptop.page.get_by_label("Current password")).to_be_focused()

    laptop.change_password(PASSWORD, "short")
    expect(complaints).to_contain_text("This password is too short.")
    expect(laptop.page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    expect(laptop.page.get_by_label("Current password")).not_to_have_attribute(
        "aria-invalid", "true"
    )

    for each in (laptop, phone):
        each.assert_still_in()


def test_a_revocation_in_the_admin_throws_its_users_out_and_nobody_else(laptop, phone, neighbour):
    """ASVS 5.0, item 7.4.5."""
    admin = laptop.context.new_page()
    admin.goto("/admin/login/?next=/admin/auth/user/")
    admin.get_by_label("Username").fill("root")
    admin.get_by_label("Password").fill(PASSWORD)
    admin.get_by_role("button", name="Log in").click()
    admin.get_by_role("row", name="alice").get_by_role("checkbox").check()
    admin.locator("select[name=action]").select_option("revoke_tokens")
    admin.get_by_role("button", name="Go").click()
    admin.get_by_role("button", name="Yes, revoke").click()
    expect(admin.locator(".messagelist")).to_be_visible()

    laptop.assert_thrown_out()
    phone.assert_thrown_out()
    neighbour.assert_still_in()
    expect(admin).to_have_title("Select user to change | Django site admin")
    for each in (laptop, phone):
        each.type_login("alice", PASSWORD)
        each.assert_still_in()


def test_a_logout_ends_this_device_and_no_other(laptop, phone):
    """ASVS 5.0, items 7.4.1 and 7.4.4: the button is on the page."""
    login = laptop.kept

    laptop.button("Log out").click()

    laptop.assert_is_at_login("You are logged out on this device.")
    body, headers = {"refresh": login["refresh"]}, {"Authorization": f"Bearer {login['access']}"}
    ask = laptop.context.request
    assert ask.post("/api/token/refresh/", data=body).status == 401
    assert ask.get("/api/me/", headers=headers).status == 401
    phone.assert_still_in()
    phone.assert_lists(PHONE_NAME)


def test_a_logout_that_the_site_cannot_do_is_said_and_can_be_repeated(site, laptop):
    with site.without_table("jwt_invalidation_tokensession"):
        laptop.button("Log out").click()
        laptop.assert_is_warned("Your login cannot be checked at the moment. Please try again.")

    laptop.assert_still_in()
    laptop.button("Log out").click()
    laptop.assert_is_at_login("You are logged out on this device.")
