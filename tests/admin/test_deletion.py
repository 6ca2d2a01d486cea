"""Users are deleted in the admin as if we were not there; their state and sessions go with them."""

from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenSession, TokenState
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.device_logins import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]


def delete_by_page(browser, user):
    asked = browser.get(pages.url("delete", user))
    return pages.submit(browser, asked, "post")


def delete_by_action(browser, user):
    asked = pages.select(browser, [user], action="delete_selected")
    return pages.submit(browser, asked, "post")


WAYS = pytest.mark.parametrize("delete", [delete_by_page, delete_by_action])


@WAYS
def test_a_user_with_a_state_and_a_log_can_be_deleted(browser, alice, bob, delete):
    key = alice.pk
    revocation.revoke_user(alice, reason="admin", actor=alice)

    assert delete(browser, alice).status_code == 302

    assert not get_user_model().objects.filter(pk=alice.pk).exists()
    assert not TokenState.objects.filter(pk=alice.pk).exists()
    reasons = Revocation.objects.filter(subject_id=key).values_list("reason", flat=True)
    assert set(reasons) == {"admin", "deleted"}
    assert TokenState.objects.filter(pk=bob.pk).exists()


@WAYS
def test_a_user_with_sessions_can_be_deleted(client, browser, alice, bob, delete):
    hers, _ = log_in(alice)
    log_in(alice)
    _, his = log_in(bob)

    assert delete(browser, alice).status_code == 302

    assert not get_user_model().objects.filter(pk=alice.pk).exists()
    assert list(TokenSession.objects.all()) == [his]
    assert people.ask(client, hers["access"]).status_code == 401
    assert people.refresh(client, hers["refresh"]).status_code == 401


@pages.needs_permissions
@WAYS
def test_whoever_may_delete_users_and_nothing_else_can_delete_them(site, alice, delete):
    revocation.revoke_user(alice, reason="admin")
    log_in(alice)
    browser = pages.log_in(pages.staff("view_user", "delete_user"))

    assert delete(browser, alice).status_code == 302

    assert not get_user_model().objects.filter(pk=alice.pk).exists()
    assert not TokenSession.objects.exists()


@pages.needs_permissions
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_may_not_delete_users_cannot(site, alice, method):
    browser = pages.log_in(pages.staff("view_user", "view_tokenstate"))

    answer = getattr(browser, method)(pages.url("delete", alice))

    assert answer.status_code == 403
    assert get_user_model().objects.filter(pk=alice.pk).exists()
