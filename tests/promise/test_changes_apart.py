"""The rows of docs/design/changes.rst that need a stage of their own."""

from contextlib import suppress

from django.contrib.auth.hashers import make_password
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction
from django.test.signals import setting_changed
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.models import Revocation, TokenState
from tests.support import people
from tests.support.changes import (
    NEW,
    concrete,
    deactivate_by_update,
    queryset_update,
    set_password_and_save,
)
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.user_models import needs_is_active

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "other"]),
    pytest.mark.any_user_model,
]


def test_row_13_a_new_user_gets_a_state_row_and_can_log_in(client, alice):
    assert TokenState.objects.filter(user=alice.pk).exists()
    assert_alive(client, people.tokens(client, alice))


def test_row_14_the_management_command_changepassword_kills_the_tokens(client, alice, monkeypatch):
    hers = people.tokens(client, alice)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "a much better horse")

    call_command("changepassword", alice.get_username(), verbosity=0)

    assert_revoked(client, hers)


def test_rows_13_and_46_tokens_of_an_earlier_user_of_the_key_are_dead(client, alice):
    hers = people.tokens(client, alice)
    key, name = alice.pk, alice.get_username()
    alice.delete()

    again = people.make(name.partition("@")[0], pk=key)

    assert again.pk == key
    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, again))


@pytest.mark.parametrize(
    "delete",
    [
        pytest.param(lambda user: user.delete(), id="45-delete"),
        pytest.param(lambda user: type(user).objects.filter(pk=user.pk).delete(), id="45-queryset"),
    ],
)
def test_the_tokens_of_a_deleted_user_are_refused(client, alice, bob, delete):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    key = alice.pk

    delete(alice)

    assert_dead(client, hers, code="user_not_found")
    assert_alive(client, his)
    entry = Revocation.objects.get()
    assert (entry.reason, entry.subject_id) == ("deleted", key)


def test_a_deletion_that_is_rolled_back_revokes_nothing(client, alice):
    hers = people.tokens(client, alice)

    with suppress(RuntimeError), transaction.atomic():
        type(alice).objects.get(pk=alice.pk).delete()
        raise RuntimeError

    assert_alive(client, hers)
    assert not Revocation.objects.exists()


def test_row_36_a_user_saved_to_another_database_is_another_user(client, alice):
    hers = people.tokens(client, alice)
    twin = type(alice).objects.get(pk=alice.pk)
    twin.password = make_password(NEW)

    twin.save(using="other", force_insert=not twin._meta.parents)

    assert TokenState.objects.using("other").filter(user=alice.pk).exists()
    assert_alive(client, hers)


def test_row_36_a_database_without_our_tables_is_left_alone(alice, settings):
    settings.DATABASE_ROUTERS = ["tests.support.routers.OursOnlyOnDefault"]
    twin = type(alice).objects.get(pk=alice.pk)

    twin.save(using="other", force_insert=not twin._meta.parents)
    assert not TokenState.objects.using("other").exists()
    twin.delete(using="other")

    assert not Revocation.objects.using("other").exists()


def test_row_20_a_raw_save_asks_nothing_for_the_tables_may_not_be_there_yet(alice):
    (fixture,) = serializers.deserialize("json", serializers.serialize("json", [concrete(alice)]))

    with CaptureQueriesContext(connection) as queries:
        fixture.save()

    assert [each["sql"] for each in queries if "jwt_invalidation" in each["sql"]] == []


def test_row_35_users_can_be_saved_while_the_app_is_hidden(alice, settings):
    from django.apps import apps

    apps.set_available_apps(
        [name for name in settings.INSTALLED_APPS if name != "jwt_invalidation"]
    )
    try:
        set_password_and_save(alice)
    finally:
        apps.unset_available_apps()

    assert not Revocation.objects.exists()


def test_row_22_a_model_that_looks_at_itself_when_it_is_made_can_be_saved(alice, monkeypatch):
    make = type(alice).__init__

    def make_and_look(self, *args, **kwargs):
        make(self, *args, **kwargs)
        self.remembered = self.is_staff, self.get_username()

    monkeypatch.setattr(type(alice), "__init__", make_and_look)

    set_password_and_save(alice)

    assert Revocation.objects.get().reason == "password_changed"


def test_row_34_another_user_model_set_at_run_time_is_none_of_our_business(alice, settings):
    settings.AUTH_USER_MODEL = "users.UUIDUser"
    setting_changed.send(sender=None, setting="AUTH_USER_MODEL", value="users.UUIDUser", enter=True)

    set_password_and_save(alice)

    assert Revocation.objects.get().reason == "password_changed"


def test_row_50_a_manager_that_hides_rows_hides_no_change_from_us(client, alice, monkeypatch):
    hers = people.tokens(client, alice)

    class Visible(type(type(alice).objects)):
        def get_queryset(self):
            return super().get_queryset().exclude(is_staff=True)

    visible = Visible()
    visible.model = type(alice)
    visible.name = "objects"
    monkeypatch.setattr(type(alice), "objects", visible)
    assert_alive(client, hers)

    type(alice)._base_manager.filter(pk=alice.pk).update(is_staff=True)
    assert_dead(client, hers, code="user_not_found")
    alice.refresh_from_db(from_queryset=type(alice)._base_manager.all())
    set_password_and_save(alice)
    type(alice)._base_manager.filter(pk=alice.pk).update(is_staff=False)

    assert_revoked(client, hers)


def test_row_39_a_broken_transaction_of_the_caller_stays_broken(alice):
    with (
        pytest.raises(transaction.TransactionManagementError),
        transaction.atomic(),
    ):
        with suppress(RuntimeError), transaction.atomic(savepoint=False):
            raise RuntimeError
        set_password_and_save(alice)


def test_the_revocation_says_what_happened_in_the_words_of_the_log(client, alice):
    set_password_and_save(alice)
    people.tokens(client, alice, NEW)
    queryset_update(alice)
    people.login(client, alice, NEW)

    reasons = list(
        Revocation.objects.order_by("pk").values_list("reason", "cause", "subject_id", "note")
    )

    assert reasons == [
        ("password_changed", "", alice.pk, "The password was changed."),
        ("out_of_band", "password_changed", alice.pk, "The password was changed."),
    ]


@needs_is_active
def test_the_log_says_of_a_deactivation_behind_djangos_back_that_it_was_one(client, alice):
    hers = people.tokens(client, alice)
    deactivate_by_update(alice)
    people.ask(client, hers["access"])

    entry = Revocation.objects.get()

    assert (entry.reason, entry.cause) == ("out_of_band", "deactivated")


def test_the_log_still_names_a_subject_who_was_deleted(alice):
    key = alice.pk
    alice.delete()

    assert Revocation.objects.get().subject_id == key
