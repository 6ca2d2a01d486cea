"""Who is offered the action on the list of users, and beside which others."""

from django.contrib import admin
from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation.admin import RevokeTokensMixin
from jwt_invalidation.models import Revocation
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db


@pages.needs_permissions
def test_without_the_permission_the_action_is_absent_and_a_forged_post_revokes_nothing(
    client, site, alice
):
    hers = people.tokens(client, alice)
    browser = pages.log_in(pages.staff("view_user", "change_user", "delete_user"))

    page = browser.get(pages.url("changelist"))
    form = pages.form_on(page, "_selected_action")
    forged = form.hidden | {"action": "revoke_tokens", "post": "yes"}
    answer = browser.post(pages.url("changelist"), {**forged, "_selected_action": str(alice.pk)})

    assert form.offered["action"] == ["", "delete_selected"]
    assert pages.messages_on(browser.get(answer.url)) == [("warning", "No action selected.")]
    assert not Revocation.objects.exists()
    assert_alive(client, hers)


@pages.needs_permissions
def test_with_the_permission_whoever_may_view_users_may_revoke(client, site, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    clerk = pages.staff("view_user", "revoke_tokens")
    browser = pages.log_in(clerk)

    pages.confirm(browser, pages.select(browser, [alice]))

    assert Revocation.objects.get().actor_id == clerk.pk
    assert_revoked(client, hers)
    assert_alive(client, his)


@pages.needs_permissions
def test_with_the_permission_alone_the_list_stays_closed(site, alice):
    browser = pages.log_in(pages.staff("revoke_tokens"))

    assert browser.get(pages.url("changelist")).status_code == 403


def test_an_admin_keeps_the_actions_that_it_names_itself(rf, root):
    @admin.action(description="Greet")
    def greet(model_admin, request, queryset): ...

    class Greeting(RevokeTokensMixin, admin.ModelAdmin):
        actions = (greet,)

    request = rf.get("/")
    request.user = root
    actions = Greeting(get_user_model(), admin.AdminSite()).get_actions(request)

    assert list(actions) == ["delete_selected", "greet", "revoke_tokens"]


def test_an_admin_that_names_our_action_has_it_once(rf, root):
    class Naming(RevokeTokensMixin, admin.ModelAdmin):
        actions = ["revoke_tokens"]

    request = rf.get("/")
    request.user = root
    model_admin = Naming(get_user_model(), admin.AdminSite())

    assert list(model_admin.get_actions(request)) == ["delete_selected", "revoke_tokens"]
    assert model_admin.check() == []


def test_an_admin_that_wants_no_actions_gets_none(rf, root):
    class Inactive(RevokeTokensMixin, admin.ModelAdmin):
        actions = None

    request = rf.get("/")
    request.user = root

    assert Inactive(get_user_model(), admin.AdminSite()).get_actions(request) == {}
