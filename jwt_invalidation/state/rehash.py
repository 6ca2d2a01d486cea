"""Prove that a new hash is of the same password, so that a hash upgrade logs nobody out.

In ``pre_save`` an upgrade by ``check_password`` looks exactly like ``user.password = new_hash``:
neither the instance nor the two hashes tell them apart. So the raw password is kept while
``check_password`` runs, and is verified against the old hash and against the new one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractBaseUser
from django.db import connections, transaction
from django.db.models import F
from django.views.decorators.debug import sensitive_variables

from ..users import user_model
from . import store
from .snapshot import Snapshot

ATTEMPTS = 10


class StalePassword(Exception):
    """The password was changed while it was being verified: it is not the right one any more."""


class UpgradeRefused(Exception):
    """The new hash is not stored, because it cannot be put on record. The password is right."""


@dataclass(repr=False)
class Verification:
    """A run of ``check_password``. It prints nothing, because tracebacks show local variables."""

    instance: AbstractBaseUser | None
    raw_password: str
    # Keeps the lock that `prove` takes until the upgraded hash is stored.
    locks: ExitStack = field(default_factory=ExitStack)

    def matches(self, encoded: str) -> bool:
        """Is the raw password that of this hash?"""
        return hashers.check_password(self.raw_password, encoded)


NOBODY = Verification(instance=None, raw_password="")
_current: ContextVar[Verification] = ContextVar("jwt_invalidation_verification", default=NOBODY)


def wrap(model: type[AbstractBaseUser]) -> None:
    """Wrap ``check_password`` and ``acheck_password`` of a user model, once."""
    if getattr(model.check_password, "is_wrapped_by_jwt_invalidation", False):
        return
    model.check_password = _watched(model.check_password)  # type: ignore[method-assign]  # on purpose
    if model.acheck_password is AbstractBaseUser.acheck_password:
        model.acheck_password = _in_a_thread_if_upgrade_is_due  # type: ignore[assignment]  # as Django declares it


def is_upgrade(instance: AbstractBaseUser) -> bool:
    """Is ``instance`` saved by its own ``check_password``, and not by ``set_password``?"""
    is_verified = _current.get().instance is instance
    return is_verified and getattr(instance, "_password", None) is None


@sensitive_variables()
def prove(instance: AbstractBaseUser, reconcile: Callable[[], Snapshot], *, using: str) -> None:
    """Put the hash that ``instance`` is about to store on record, if it is of the same password.

    Without that proof nothing is recorded, and storing the hash counts as a change. ``reconcile``
    returns the current snapshot, in which row and state agree. Raise `StalePassword` if the database
    holds another password by now: the upgrade would write the old one over a concurrent change.
    Raise `UpgradeRefused` if this process does not know the key of the record: those who know it
    could not tell the new hash from a change.
    """
    verification = _current.get()
    # Inside a transaction of the caller, that one keeps the lock until its end.
    begins = not connections[using].in_atomic_block
    for _ in range(ATTEMPTS):
        seen = reconcile()
        if not verification.matches(seen.stored_password):
            raise StalePassword
        if not verification.matches(instance.password):
            return
        if not seen.key_is_known:
            instance.password = seen.stored_password
            raise UpgradeRefused
        # The two verifications may take a second: nothing is locked meanwhile.
        with ExitStack() as attempt:
            attempt.enter_context(transaction.atomic(using=using))
            then = store.rehashed(seen, instance.password)
            if _lock(seen, using=using) and store.compare_and_set(seen, then, using=using):
                if begins:
                    verification.locks.push(attempt.pop_all())
                return
    raise StalePassword


def _lock(seen: Snapshot, *, using: str) -> bool:
    """Lock the user's row if it still holds the password that was seen; return whether it does.

    It writes the value that is there. That locks in every database, and SQLite refuses a
    transaction that reads before it writes.
    """
    # The table that holds the password: for a child, Django would first select the keys.
    holder = user_model()._meta.get_field("password").model
    rows = holder._base_manager.using(using)
    return (
        rows.filter(pk=seen.pk, password=seen.stored_password).update(password=F("password")) == 1
    )


def _watched(check_password: Callable[..., bool]) -> Callable[..., bool]:
    @wraps(check_password)
    @sensitive_variables()
    def watched(self: AbstractBaseUser, raw_password: str) -> bool:
        verification = Verification(self, raw_password)
        try:
            with _watching(verification):
                return check_password(self, raw_password)
        except StalePassword:
            return False
        except UpgradeRefused:
            return True

    watched.is_wrapped_by_jwt_invalidation = True  # type: ignore[attr-defined]
    return watched


@contextmanager
def _watching(verification: Verification) -> Iterator[None]:
    token = _current.set(verification)
    try:
        # Commits what `prove` began, or rolls it back with whatever is raised.
        with verification.locks:
            yield
    finally:
        _current.reset(token)


_acheck_password = AbstractBaseUser.acheck_password


@wraps(_acheck_password)
async def _in_a_thread_if_upgrade_is_due(self: Any, raw_password: str) -> bool:
    if not _upgrade_is_due(self.password):
        # Nothing will be stored. From 6.1 on Django hashes in a thread of its own, so that the one
        # that all synchronous code of a request shares goes on.
        return await _acheck_password(self, raw_password)
    # The lock, the UPDATE and the commit must be those of one connection, and so of one thread.
    is_right: bool = await sync_to_async(self.check_password)(raw_password)
    return is_right


def _upgrade_is_due(encoded: str | None) -> bool:
    """Will Django store another hash of this password once it has been verified?"""
    try:
        hasher = hashers.identify_hasher(encoded or "")
    except ValueError:
        # An unusable password, or a hash that no hasher of the site knows: none is verified.
        return False
    preferred = hashers.get_hasher()
    return hasher.algorithm != preferred.algorithm or preferred.must_update(encoded or "")
