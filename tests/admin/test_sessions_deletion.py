"""Users are deleted in the admin as if we were not there, and their sessions go with them."""

from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation.models import TokenSession
from tests.admin.test_deletion import WAYS
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.device_logins import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]


@WAYS
def test_a_user_with_sessions_can_be_deleted(client, site, alice, bob, delete):
    hers, _ = log_in(alice)
    log_in(alice)
    _, his = log_in(bob)

    assert delete(pages.log_in(pages.superuser()), alice).status_code == 302

    assert not get_user_model().objects.filter(pk=alice.pk).exists()
    assert list(TokenSession.objects.all()) == [his]
    assert people.ask(client, hers["access"]).status_code == 401
    assert people.refresh(client, hers["refresh"]).status_code == 401


@pages.needs_permissions
@WAYS
def test_whoever_may_delete_users_and_nothing_else_can_delete_them(site, alice, delete):
    log_in(alice)
    browser = pages.log_in(pages.staff("view_user", "delete_user"))

    assert delete(browser, alice).status_code == 302

    assert not TokenSession.objects.exists()
