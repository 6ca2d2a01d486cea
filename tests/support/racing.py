"""What races with tokens, and on which databases it can."""

from django.contrib.auth.hashers import make_password
from django.db import connection
import pytest

from jwt_invalidation.users import is_active_is_stored

NEW = "another horse"
has_is_active = pytest.mark.skipif(
    not is_active_is_stored(),
    reason="this user model has no is_active column",
)
locks_rows = pytest.mark.skipif(
    not connection.features.has_select_for_update,
    reason="SQLite has one writer at a time: whoever comes second waits for the first",
)


def save_new_password(user):
    found = type(user).objects.get(pk=user.pk)
    found.set_password(NEW)
    found.save()


def update_password_behind_our_back(user):
    type(user).objects.filter(pk=user.pk).update(password=make_password(NEW))


changes = pytest.mark.parametrize("change", [save_new_password, update_password_behind_our_back])
