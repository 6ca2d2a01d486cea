"""Ways to write a user that are no change of her credentials."""

from contextlib import suppress

from django.db import transaction
from django.db.models import F

from tests.support.changes import NEW, set_password_and_save


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
