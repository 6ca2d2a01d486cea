"""Every way to change a user, and whether her tokens die of it: row by row of the matrix."""

from contextlib import suppress
import pickle

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.signals import post_save, pre_save
from django.test.signals import setting_changed
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.models import Revocation, TokenState
from tests import people
from tests.pairs import assert_alive, assert_dead, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other"])

NEW = "another horse"
needs_is_active = pytest.mark.skipif(
    not any(field.name == "is_active" for field in get_user_model()._meta.concrete_fields),
    reason="this user model has no is_active column",
)


def row(number, change, *marks):
    """Name a row of the matrix by its number and the function that does it."""
    return pytest.param(change, id=f"{number}-{change.__name__}", marks=marks)


def set_password_and_save(user):
    user.set_password(NEW)
    user.save()


def set_password_and_save_the_field(user):
    user.set_password(NEW)
    user.save(update_fields=["password"])


def set_password_and_asave(user):
    user.set_password(NEW)
    async_to_sync(user.asave)()


def set_unusable_password_and_save(user):
    user.set_unusable_password()
    user.save()


def assign_a_hash_and_save(user):
    user.password = make_password(NEW)
    user.save()


def assign_a_hash_and_save_the_field(user):
    user.password = make_password(NEW)
    user.save(update_fields=["password"])


def update_or_create(user):
    type(user).objects.update_or_create(pk=user.pk, defaults={"password": make_password(NEW)})


def changepassword_of_the_same_password(user):
    user.set_password(people.PASSWORD)
    user.save()


def queryset_update(user):
    type(user).objects.filter(pk=user.pk).update(password=make_password(NEW))


def queryset_aupdate(user):
    users = type(user).objects.filter(pk=user.pk)
    async_to_sync(users.aupdate)(password=make_password(NEW))


def bulk_update(user):
    user.password = make_password(NEW)
    type(user).objects.bulk_update([user], ["password"])


def bulk_create_updating_conflicts(user):
    if type(user)._meta.parents:
        pytest.skip("Django cannot bulk_create multi-table children")
    user.password = make_password(NEW)
    targets = {} if connection.vendor == "mysql" else {"unique_fields": [user._meta.pk.name]}
    type(user).objects.bulk_create(
        [user], update_conflicts=True, update_fields=["password"], **targets
    )


def raw_sql(user):
    field = user._meta.get_field("password")
    table = connection.ops.quote_name(field.model._meta.db_table)
    with connection.cursor() as cursor:
        # One user at a time would need the key in the database's own spelling.
        cursor.execute(f"UPDATE {table} SET password = %s", [make_password(NEW)])


def raw_save_base(user):
    if type(user)._meta.parents:
        pytest.skip("a raw save leaves the parent, and so the password, alone")
    user.password = make_password(NEW)
    user.save_base(raw=True)


def loaddata(user):
    user.password = make_password(NEW)
    for each in serializers.deserialize("json", serializers.serialize("json", _rows_of(user))):
        each.save()


def _rows_of(user):
    # A multi-table child is two rows, and the password is in the parent's.
    parents = [parent.objects.get(pk=user.pk) for parent in user._meta.parents]
    for parent in parents:
        parent.password = user.password
    return [*parents, user] if not user._meta.proxy else [_concrete(user)]


def _concrete(user):
    found = user._meta.concrete_model.objects.get(pk=user.pk)
    found.password = user.password
    return found


def deferred_password_then_set(user):
    found = type(user).objects.defer("password").get(pk=user.pk)
    found.set_password(NEW)
    found.save()


def new_instance_of_the_same_key(user):
    if user._meta.pk.has_default():
        pytest.skip("Django always inserts a new instance whose key has a default")
    fields = {field.attname: getattr(user, field.attname) for field in user._meta.concrete_fields}
    type(user)(**{**fields, "password": make_password(NEW)}).save()


def stale_instance_saved_over_a_change(user):
    stale = type(user).objects.get(pk=user.pk)
    queryset_update(user)
    stale.save()


def pickled_instance_saved_over_a_change(user):
    pickled = pickle.dumps(user)
    set_password_and_save(user)
    pickle.loads(pickled).save()


def signals_muted(user):
    muted = {signal: signal.receivers for signal in (pre_save, post_save)}
    for signal in muted:
        signal.receivers = []
        signal.sender_receivers_cache.clear()
    try:
        set_password_and_save(user)
    finally:
        for signal, receivers in muted.items():
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


def another_receiver_raises_first(user):
    def raise_first(**kwargs):
        raise RuntimeError("of another app")

    others = post_save.receivers
    post_save.receivers = []
    post_save.connect(raise_first, weak=False)
    post_save.receivers += others
    post_save.sender_receivers_cache.clear()
    try:
        with suppress(RuntimeError):
            set_password_and_save(user)
    finally:
        post_save.receivers = others
        post_save.sender_receivers_cache.clear()


def deactivate_by_expression(user):
    user.is_active = Case(When(pk=user.pk, then=Value(False)), default=Value(True))
    user.save()


def deactivate_and_reactivate(user):
    for is_active in (False, True):
        user.is_active = is_active
        user.save()


def deactivate_and_reactivate_the_field(user):
    for is_active in (False, True):
        user.is_active = is_active
        user.save(update_fields=["is_active"])


def deactivate_by_update_and_reactivate_by_save(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = True
    user.save()


def deactivate_by_update(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def deactivate_by_save(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize(
    "change",
    [
        row(1, set_password_and_save),
        row(2, set_password_and_save_the_field),
        row(5, set_password_and_asave),
        row(6, set_unusable_password_and_save),
        row(7, assign_a_hash_and_save),
        row(8, assign_a_hash_and_save_the_field),
        row("9b", update_or_create),
        row(14, changepassword_of_the_same_password),
        row(16, queryset_update),
        row(16, queryset_aupdate),
        row(16, bulk_update),
        row(17, bulk_create_updating_conflicts),
        row(18, raw_sql),
        row(20, loaddata),
        row(21, raw_save_base),
        row(23, deferred_password_then_set),
        row(25, stale_instance_saved_over_a_change),
        row(26, new_instance_of_the_same_key),
        row(43, signals_muted),
        row(49, pickled_instance_saved_over_a_change),
        row(51, another_receiver_raises_first),
        row(12, deactivate_and_reactivate, needs_is_active),
        row(12, deactivate_and_reactivate_the_field, needs_is_active),
        row(25, deactivate_by_update_and_reactivate_by_save, needs_is_active),
    ],
)
def test_a_change_of_the_credentials_kills_the_tokens_from_before(client, alice, bob, change):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    change(alice)

    assert_revoked(client, hers)
    if change is not raw_sql:
        assert_alive(client, his)
    # Seen once more, it stays as it is, and whoever is entitled gets in.
    assert_revoked(client, hers)
    alice = type(alice).objects.get(pk=alice.pk)
    alice.set_password("the last horse")
    alice.save()
    assert_alive(client, people.tokens(client, alice, "the last horse"))


@needs_is_active
@pytest.mark.parametrize(
    "change",
    [
        row(12, deactivate_by_save),
        row(16, deactivate_by_update),
        row(19, deactivate_by_expression),
    ],
)
def test_a_deactivated_user_is_refused_and_so_are_her_old_tokens_when_she_is_back(
    client, alice, change
):
    hers = people.tokens(client, alice)

    change(alice)

    assert_dead(client, hers, code="user_inactive", at_refresh="no_active_account")
    type(alice).objects.filter(pk=alice.pk).update(is_active=True)
    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice))


def set_password_and_save_something_else(user):
    user.set_password(NEW)
    user.save(update_fields=["is_staff"])


def save_no_field(user):
    user.save(update_fields=[])


def save_unchanged(user):
    user.save()


def edit_the_profile(user):
    user.is_staff = True
    user.save()


def log_in_to_the_site(user):
    from django.contrib.auth.models import update_last_login

    update_last_login(None, user)


def save_a_partial_instance(user):
    found = type(user).objects.only("is_staff").get(pk=user.pk)
    found.is_staff = True
    found.save()


def refresh_and_save(user):
    user.password = "not saved"
    user.refresh_from_db()
    user.save()


def change_in_a_transaction_that_is_rolled_back(user):
    with suppress(RuntimeError), transaction.atomic():
        set_password_and_save(user)
        raise RuntimeError


def change_in_a_savepoint_that_is_rolled_back(user):
    with transaction.atomic():
        with suppress(RuntimeError), transaction.atomic():
            set_password_and_save(user)
            raise RuntimeError
        type(user).objects.get(pk=user.pk).save()


def save_with_an_expression(user):
    user.password = F("password")
    user.save()


def set_and_put_back_within_a_transaction(user):
    with transaction.atomic():
        type(user).objects.filter(pk=user.pk).update(password="x")
        type(user).objects.filter(pk=user.pk).update(password=user.password)


@pytest.mark.parametrize(
    "change",
    [
        row(3, set_password_and_save_something_else),
        row(4, save_no_field),
        row(15, log_in_to_the_site),
        row(19, save_with_an_expression),
        row(22, save_a_partial_instance),
        row(24, refresh_and_save),
        row(37, change_in_a_transaction_that_is_rolled_back),
        row(38, change_in_a_savepoint_that_is_rolled_back),
        row("profile", edit_the_profile),
        row("profile", save_unchanged),
        row("profile", set_and_put_back_within_a_transaction),
    ],
)
def test_no_other_write_logs_anybody_out(client, alice, change):
    hers = people.tokens(client, alice)

    change(alice)

    assert_alive(client, hers)
    assert not Revocation.objects.exists()


def test_row_13_a_new_user_gets_a_state_row_and_can_log_in(client, alice):
    assert TokenState.objects.filter(user=alice.pk).exists()
    assert_alive(client, people.tokens(client, alice))


def test_row_14_the_management_command_changepassword_kills_the_tokens(client, alice, monkeypatch):
    hers = people.tokens(client, alice)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "a much better horse")

    call_command("changepassword", alice.get_username(), verbosity=0)

    assert_revoked(client, hers)


def test_rows_13_and_46_tokens_of_an_earlier_bearer_of_the_key_are_dead(client, alice):
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
    line = Revocation.objects.get()
    assert (line.reason, line.subject_id) == ("deleted", key)


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
    settings.DATABASE_ROUTERS = ["tests.routers.OursOnlyOnDefault"]
    twin = type(alice).objects.get(pk=alice.pk)

    twin.save(using="other", force_insert=not twin._meta.parents)
    assert not TokenState.objects.using("other").exists()
    twin.delete(using="other")

    assert not Revocation.objects.using("other").exists()


def test_row_20_a_raw_save_asks_nothing_for_the_tables_may_not_be_there_yet(alice):
    (fixture,) = serializers.deserialize("json", serializers.serialize("json", [_concrete(alice)]))

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

    reasons = list(Revocation.objects.order_by("pk").values_list("reason", "subject", "note"))

    assert reasons == [
        ("password_changed", alice.pk, "The password was changed."),
        ("out_of_band", alice.pk, "The password was changed."),
    ]


def test_models_field_of_the_log_can_tell_deleted_subjects(alice):
    key = alice.pk
    alice.delete()

    line = Revocation.objects.select_related("subject").get()

    assert line.subject is None
    assert line.subject_id == key
