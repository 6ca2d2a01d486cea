"""Admins of relatives of the user model: a proxy, and the parent of a multi-table child.

Where a proxy is mistaken for a model of its own, revoking reports success and revokes nothing
(CVE-2026-114137).
"""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import OneToOneField
from django.test.utils import isolate_apps
import pytest

from jwt_invalidation.admin import RevokeTokensMixin
from jwt_invalidation.models import Revocation
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]


@pytest.fixture
def patrons():
    with isolate_apps(get_user_model()._meta.app_config.name):

        class Patron(get_user_model()):
            class Meta:
                proxy = True
                app_label = get_user_model()._meta.app_label

        yield Patron
    # What was rolled back with the test must not be remembered.
    ContentType.objects.clear_cache()


class PatronAdmin(RevokeTokensMixin, admin.ModelAdmin):
    pass


@pytest.fixture
def browser(settings, db, patrons):
    site = admin.AdminSite(name=pages.OTHER_SITE)
    site.register(patrons, PatronAdmin)
    pages.serve(settings, site)
    return pages.log_in(pages.superuser())


def assert_logged(model, user):
    proxy_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
    entry = LogEntry.objects.get()
    assert (entry.content_type, entry.object_id) == (proxy_type, str(user.pk))


def test_the_action_on_a_list_of_proxies_kills_their_users_tokens(
    client, browser, patrons, alice, bob
):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    asked = pages.select(browser, [alice], model=patrons)
    page = pages.confirm(browser, asked, "by proxy")

    assert pages.messages_on(page) == [("success", "All tokens of 1 user were revoked.")]
    assert Revocation.objects.get().subject_id == alice.pk
    assert_logged(patrons, alice)
    assert_revoked(client, hers)
    assert_alive(client, his)


def test_the_button_on_a_proxys_page_kills_its_users_tokens(client, browser, patrons, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    address = pages.url("revoke_tokens", alice, model=patrons)
    assert address in browser.get(pages.url("change", alice, model=patrons)).content.decode()
    page = pages.confirm(browser, browser.get(address), "by proxy")

    assert pages.messages_on(page) == [("success", "All tokens of 1 user were revoked.")]
    assert Revocation.objects.get().subject_id == alice.pk
    assert_logged(patrons, alice)
    assert_revoked(client, hers)
    assert_alive(client, his)


@pytest.mark.skipif(
    not isinstance(get_user_model()._meta.pk, OneToOneField),
    reason="this user model is no multi-table child",
)
def test_the_admin_of_the_parent_revokes_users_and_claims_nothing_for_others(settings, client, db):
    parent = get_user_model()._meta.pk.related_model
    site = admin.AdminSite(name=pages.OTHER_SITE)
    site.register(parent, PatronAdmin)
    pages.serve(settings, site)
    browser = pages.log_in(pages.superuser())
    alice = people.make("alice")
    stranger = parent.objects.create_user("stranger", password=people.PASSWORD)
    hers = people.tokens(client, alice)
    answers = []

    for each in (stranger, alice):
        asked = pages.select(browser, [each], model=parent)
        answers += pages.messages_on(pages.confirm(browser, asked))

    assert answers == [
        ("warning", "All tokens of 0 users were revoked."),
        ("success", "All tokens of 1 user were revoked."),
    ]
    assert LogEntry.objects.get().object_id == str(alice.pk)
    assert_revoked(client, hers)
