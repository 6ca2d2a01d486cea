"""Ways to change a user; the number of each is that of its row in docs/design/changes.rst."""

from contextlib import suppress
import pickle

from asgiref.sync import async_to_sync
from django.contrib.auth.hashers import make_password
from django.core import serializers
from django.db import connection
from django.db.models import Case, Value, When
from django.db.models.signals import post_save, pre_save
import pytest

from tests.support import people

NEW = "another horse"


def row(number, change, *marks):
    """Name a row of docs/design/changes.rst by its number and the function that does it."""
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
    return [*parents, user] if not user._meta.proxy else [concrete(user)]


def concrete(user):
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
