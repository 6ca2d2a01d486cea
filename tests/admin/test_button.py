"""The button on a user's own page, and the page behind it."""

import re

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse
import pytest

from jwt_invalidation.models import Revocation
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

KIND = get_user_model()._meta.verbose_name
BUTTON = "revoketokenslink"
FILTERS = "?_changelist_filters=is_staff__exact%3D0"


def test_the_button_on_a_users_page_leads_to_a_page_that_asks(client, browser, alice):
    hers = people.tokens(client, alice)

    page = browser.get(pages.url("change", alice) + FILTERS)
    address = pages.url("revoke_tokens", alice) + FILTERS
    asked = browser.get(address)

    assert f'<a href="{address}" class="revoketokenslink">Revoke tokens</a>' in (
        page.content.decode()
    )
    question = f"Are you sure you want to revoke all tokens of the {KIND} “{alice}”?"
    assert question in asked.content.decode()
    back = pages.url("change", alice) + FILTERS
    assert f'<a role="button" href="{back}" class="button cancel-link">' in asked.content.decode()
    assert not Revocation.objects.exists()
    assert_alive(client, hers)


def test_the_button_stands_beside_djangos_own(browser, alice):
    page = browser.get(pages.url("change", alice)).content.decode()

    assert page.index("historylink") < page.index(BUTTON)


def test_confirmed_it_kills_the_tokens_of_this_user_and_of_nobody_else(
    client, browser, root, alice, bob
):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    asked = browser.get(pages.url("revoke_tokens", alice) + FILTERS)
    page = pages.confirm(browser, asked, "She asked for it.")

    assert pages.messages_on(page) == [("success", "All tokens of 1 user were revoked.")]
    assert page.request["PATH_INFO"] == pages.url("change", alice)
    assert "?" + page.request["QUERY_STRING"] == FILTERS
    entry = Revocation.objects.get()
    assert (entry.subject_id, entry.reason, entry.actor_id) == (alice.pk, "admin", root.pk)
    assert entry.note == "She asked for it."
    assert LogEntry.objects.get().object_id == str(alice.pk)
    assert_revoked(client, hers)
    assert_alive(client, his)
    assert_alive(client, people.tokens(client, alice))


def test_an_impossible_note_is_asked_for_again_and_revokes_nothing(browser, alice):
    asked = browser.get(pages.url("revoke_tokens", alice))

    again = pages.submit(browser, asked, "note", note="x" * 1001)

    assert "errorlist" in again.content.decode()
    assert not Revocation.objects.exists()


def test_a_new_user_has_no_button_yet(browser):
    assert BUTTON not in browser.get(pages.url("add")).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_user_leads_to_the_index_with_djangos_own_words(browser, alice, method):
    nobody = people.make("nobody")
    key = nobody.pk
    nobody.delete()
    nobody.pk = key
    form = pages.form_on(browser.get(pages.url("revoke_tokens", alice)), "note")

    answer = getattr(browser, method)(pages.url("revoke_tokens", nobody), form.fill())
    page = browser.get(answer.url)

    words = f"{KIND} with ID “{key}” doesn’t exist. Perhaps it was deleted?"
    assert pages.messages_on(page) == [("warning", words)]
    assert answer.url == reverse("admin:index")
    assert not Revocation.objects.filter(reason="admin").exists()


def test_a_user_deleted_meanwhile_leads_to_the_index(browser, alice):
    asked = browser.get(pages.url("revoke_tokens", alice))
    alice.delete()

    page = pages.confirm(browser, asked)

    assert page.request["PATH_INFO"] == reverse("admin:index")
    assert not Revocation.objects.filter(reason="admin").exists()


def test_whoever_is_not_logged_in_is_sent_to_the_login(client, site, alice):
    answer = client.post(pages.url("revoke_tokens", alice), {"post": "yes"})

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("admin:login"))
    assert not Revocation.objects.exists()


@pages.needs_permissions
@pytest.mark.parametrize(
    "permissions",
    [["view_user", "change_user", "delete_user"], ["revoke_tokens"]],
    ids=["without the permission to revoke", "without a permission to view users"],
)
def test_without_both_permissions_the_page_is_forbidden(client, site, alice, permissions):
    hers = people.tokens(client, alice)
    browser = pages.log_in(pages.staff(*permissions))

    asked = browser.get(pages.url("revoke_tokens", alice))
    browser.get(reverse("admin:password_change"))
    token = browser.cookies["csrftoken"].value
    forged = {"post": "yes", "note": "", "csrfmiddlewaretoken": token}
    answer = browser.post(pages.url("revoke_tokens", alice), forged)
    unknown = browser.get(reverse("admin:auth_user_revoke_tokens", args=[4711]))

    assert (asked.status_code, answer.status_code, unknown.status_code) == (403, 403, 403)
    assert not Revocation.objects.exists()
    assert_alive(client, hers)


@pages.needs_permissions
def test_without_the_permission_there_is_no_button(site, alice):
    browser = pages.log_in(pages.staff("view_user", "change_user"))

    page = browser.get(pages.url("change", alice))

    assert page.status_code == 200
    assert BUTTON not in page.content.decode()


@pages.needs_permissions
def test_with_the_permission_whoever_may_view_the_user_may_revoke(client, site, alice):
    hers = people.tokens(client, alice)
    browser = pages.log_in(pages.staff("view_user", "revoke_tokens"))

    assert BUTTON in browser.get(pages.url("change", alice)).content.decode()
    pages.confirm(browser, browser.get(pages.url("revoke_tokens", alice)))

    assert_revoked(client, hers)


def breadcrumbs(page):
    """Return the element of the breadcrumbs, and all up to its end."""
    found = re.search(r'<(\w+) class="breadcrumbs">(.*?)</\1>', page.content.decode(), re.DOTALL)
    return found.groups()


def test_the_page_names_where_it_stands_as_djangos_own_pages_do(browser, alice):
    element, crumbs = breadcrumbs(browser.get(pages.url("revoke_tokens", alice)))

    assert element == breadcrumbs(browser.get(pages.url("delete", alice)))[0]
    for address in (reverse("admin:index"), pages.url("changelist"), pages.url("change", alice)):
        assert f'<a href="{address}">' in crumbs
    assert crumbs.count("Revoke all tokens") == 1
