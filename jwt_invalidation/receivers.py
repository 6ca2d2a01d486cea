"""Reconcile when a user is saved. The app's ``ready()`` connects these receivers."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
import logging
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, ProgrammingError, connections, transaction

from . import reconciliation
from .models import TokenState
from .state import rehash
from .users import is_user_class, primary_key_of, users_may_have_tokens

logger = logging.getLogger("jwt_invalidation")

# Marks, between pre_save and post_save, an instance whose row did not exist before.
JUST_CREATED = "_jwt_invalidation_just_created"
# Holds, between them, the hash that was stored before, if the record cannot be compared.
HASH_BEFORE = "_jwt_invalidation_hash_before"


def before_user_is_saved(
    sender: type[Any],
    instance: Any,
    raw: bool,
    using: str,
    update_fields: Collection[str] | None,
    **kwargs: Any,
) -> None:
    """Record changes made behind Django's back before this write covers them; prove a hash upgrade.

    The version is not bumped here for the write that follows: a login with the old password in
    between would get the new version, and its tokens would never die.
    """
    if raw or not _concerns_tokens(sender, using, update_fields):
        return
    if instance.pk is None:
        vars(instance)[JUST_CREATED] = True
        return
    key = primary_key_of(instance)
    with _tolerating_missing_tables(using):
        try:
            if _writes_password(update_fields) and rehash.is_upgrade(instance):
                rehash.prove(
                    instance, lambda: reconciliation.reconcile(key, using=using), using=using
                )
            else:
                seen = reconciliation.reconcile(key, using=using)
                if not seen.key_is_known:
                    vars(instance)[HASH_BEFORE] = seen.stored_password
        except ObjectDoesNotExist:
            # A new user whose key was chosen beforehand.
            vars(instance)[JUST_CREATED] = True


def after_user_is_saved(
    sender: type[Any],
    instance: Any,
    created: bool,
    raw: bool,
    using: str,
    update_fields: Collection[str] | None,
    **kwargs: Any,
) -> None:
    """Make state and user row agree. The row is read, because the instance may hold expressions."""
    if raw or not _concerns_tokens(sender, using, update_fields):
        return
    # `created` alone is also true when a child row is added to a user who existed before.
    just_created = created and vars(instance).pop(JUST_CREATED, False)
    with _tolerating_missing_tables(using):
        try:
            now = reconciliation.reconcile(
                primary_key_of(instance), using=using, out_of_band=False, just_created=just_created
            )
            if not now.key_is_known and _has_saved_password(instance, now.stored_password):
                reconciliation.record_password_change(now.pk, using=using)
        except ObjectDoesNotExist:
            # The parent of a user that is no user itself, or already deleted by another receiver.
            return


def _has_saved_password(instance: Any, stored: str) -> bool:
    """Has the save of ``instance`` changed the stored hash, as far as its own two looks tell?"""
    before = vars(instance).pop(HASH_BEFORE, stored)
    # Another hash than that of the instance was stored by somebody else, who knows why.
    return bool(before != stored and instance.password == stored)


def _concerns_tokens(sender: type[Any], using: str, update_fields: Collection[str] | None) -> bool:
    """Are a user's credentials written, to a database that holds our tables?"""
    if update_fields is not None and not {"password", "is_active"} & set(update_fields):
        return False
    # TransactionTestCase.available_apps can hide this app from its own receivers.
    if not apps.is_installed("jwt_invalidation") or not is_user_class(sender):
        return False
    return users_may_have_tokens(using)


def _writes_password(update_fields: Collection[str] | None) -> bool:
    return update_fields is None or "password" in update_fields


@contextmanager
def _tolerating_missing_tables(using: str) -> Iterator[None]:
    """Let users be saved before `migrate` has been run. Without the tables no token was minted."""
    connection = connections[using]
    try:
        if connection.in_atomic_block:
            # A query that fails must not break the transaction that the user is saved in.
            with transaction.atomic(using=using):
                yield
        else:
            yield
    except (ProgrammingError, OperationalError):
        if TokenState._meta.db_table in connection.introspection.table_names():
            raise
        logger.warning("The tables of jwt_invalidation are missing: run `manage.py migrate`.")
