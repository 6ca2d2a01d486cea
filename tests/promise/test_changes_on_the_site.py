"""Passwords and accounts changed on Django's own pages: rows 10 to 14 of docs/design/changes.rst."""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
import pytest

from tests.support import people
from tests.support.pairs import assert_alive, assert_dead, assert_revoked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.AUTH_USER_MODEL != "auth.User", reason="the stock admin's forms"),
]

NEW = "a much better horse"


@pytest.fixture
def browser(db):
    people.make("root", is_staff=True, is_superuser=True)
    browser = Client()
    assert browser.login(username="root", password=people.PASSWORD)
    return browser


def change_form(browser, user, **changed):
    """Post the change form as the admin filled it in, but for what is changed."""
    url = reverse("admin:auth_user_change", args=[user.pk])
    form = browser.get(url).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", **changed}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return browser.post(url, data)


def test_row_10_the_admins_password_form_kills_the_tokens(client, browser, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    url = reverse("admin:auth_user_password_change", args=[alice.pk])
    answer = browser.post(
        url, {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": ""}
    )

    assert answer.status_code == 302
    assert_revoked(client, hers)
    assert_alive(client, his)
    assert_alive(client, people.tokens(client, alice, NEW))


def test_row_11_disabling_the_password_in_the_admin_kills_the_tokens(client, browser, alice):
    hers = people.tokens(client, alice)

    url = reverse("admin:auth_user_password_change", args=[alice.pk])
    answer = browser.post(url, {"usable_password": "false", "unset-password": ""})

    assert answer.status_code == 302
    assert_revoked(client, hers)
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_row_12_the_admins_change_form_deactivates_and_reactivates(client, browser, alice):
    hers = people.tokens(client, alice)

    assert change_form(browser, alice, is_active=False).status_code == 302
    assert_dead(client, hers, code="user_inactive", at_refresh="no_active_account")
    assert change_form(browser, alice, is_active=True).status_code == 302

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice))


def test_row_12_the_admins_change_form_of_another_field_logs_nobody_out(client, browser, alice):
    hers = people.tokens(client, alice)

    assert change_form(browser, alice, first_name="Alice").status_code == 302

    alice.refresh_from_db()
    assert alice.first_name == "Alice"
    assert_alive(client, hers)


def test_row_13_a_user_added_in_the_admin_can_log_in(client, browser):
    answer = browser.post(
        reverse("admin:auth_user_add"),
        {"username": "carol", "password1": NEW, "password2": NEW, "usable_password": "true"},
    )

    assert answer.status_code == 302
    assert_alive(client, people.tokens(client, User.objects.get(username="carol"), NEW))


def test_row_14_the_password_change_view_kills_the_tokens(client):
    carol = people.make("carol", is_staff=True)
    hers = people.tokens(client, carol)
    browser = Client()
    assert browser.login(username="carol", password=people.PASSWORD)

    answer = browser.post(
        reverse("admin:password_change"),
        {"old_password": people.PASSWORD, "new_password1": NEW, "new_password2": NEW},
    )

    assert answer.status_code == 302
    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, carol, NEW))


def test_row_14_a_password_reset_kills_the_tokens(client, alice):
    hers = people.tokens(client, alice)
    uid = urlsafe_base64_encode(force_bytes(alice.pk))
    browser = Client()

    page = browser.get(f"/reset/{uid}/{default_token_generator.make_token(alice)}/")
    answer = browser.post(page.url, {"new_password1": NEW, "new_password2": NEW})

    assert answer.status_code == 302
    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice, NEW))
