"""An admin whose permission looks at the user is asked about each of those selected."""

from django.contrib import admin
from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation.admin import RevokeTokensMixin
from jwt_invalidation.models import Revocation
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]


class NotOfStaff(RevokeTokensMixin, admin.ModelAdmin):
    """Lets operators revoke tokens, but not those of their colleagues."""

    list_display = ["pk"]

    def has_revoke_tokens_permission(self, request, obj=None):
        may = super().has_revoke_tokens_permission(request, obj)
        return may and not (obj is not None and obj.is_staff)


@pytest.fixture
def browser(settings):
    site = admin.AdminSite()
    site.register(get_user_model(), NotOfStaff)
    pages.serve(settings, site)
    return pages.log_in(pages.superuser())


@pytest.fixture
def colleague(db):
    return people.make("colleague", is_staff=True)


@pytest.mark.parametrize("across", [False, True])
def test_whoever_may_not_be_revoked_stops_the_action_and_nobody_is_revoked(
    client, browser, alice, colleague, across
):
    hers, his = people.tokens(client, alice), people.tokens(client, colleague)

    answer = pages.select(browser, [alice, colleague], across=across)

    assert answer.status_code == 403
    assert not Revocation.objects.exists()
    assert_alive(client, hers)
    assert_alive(client, his)


def test_a_forged_confirmation_is_refused_as_well(client, browser, alice, colleague):
    hers, his = people.tokens(client, alice), people.tokens(client, colleague)
    page = pages.select(browser, [alice])

    answer = pages.submit(
        browser, page, "note", note="", _selected_action=[str(alice.pk), str(colleague.pk)]
    )

    assert answer.status_code == 403
    assert_alive(client, hers)
    assert_alive(client, his)


def test_all_others_are_revoked(client, browser, alice, bob, colleague):
    pairs = [people.tokens(client, each) for each in (alice, bob)]
    his = people.tokens(client, colleague)

    pages.confirm(browser, pages.select(browser, [alice, bob]))

    for pair in pairs:
        assert_revoked(client, pair)
    assert_alive(client, his)
