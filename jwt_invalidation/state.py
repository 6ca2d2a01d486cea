"""A user's row and its token state, read in one statement and written by compare-and-set.

The only code that touches `TokenState` and `TokenEpoch`.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from operator import attrgetter
import time
from typing import Any, NamedTuple, cast

from django.db import transaction
from django.db.models import F, Manager, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .fingerprint import fingerprint, possible_fingerprints
from .models import TokenEpoch, TokenState
from .statement import USER_ID, Statement, compiled
from .users import user_model
from .versions import fresh_version, raised_in_sql, step

# More re-hashes of one password than this are not remembered.
MAX_REHASHES = 8


class Snapshot(NamedTuple):
    """What one statement saw of a user row, its token state and the epoch.

    The state's part is null where the user has no state row, the epoch's where there is no epoch.
    """

    pk: Any
    stored_password: str
    stored_is_active: bool
    state_token_version: int | None
    state_password_fingerprint: str | None
    state_rehashed_fingerprints: str | None
    state_is_active: bool | None
    state_not_before: int | None
    epoch_token_epoch: int | None

    def __repr__(self) -> str:
        # Without the hash and the fingerprints: tracebacks show local variables.
        return f"Snapshot(pk={self.pk!r})"

    @property
    def has_state(self) -> bool:
        """Is there a state row?"""
        return self.state_token_version is not None

    @property
    def is_active_agrees(self) -> bool:
        """Is the account as active as on record?"""
        return bool(self.stored_is_active) == bool(self.state_is_active)

    @property
    def password_agrees(self) -> bool:
        """Is the stored password the one on record, or a proven re-hash of it?"""
        return self.is_current or any(
            print_ in self.fingerprints for print_ in possible_fingerprints(self.stored_password)
        )

    @property
    def agrees(self) -> bool:
        """Do the user row and the state row tell the same story?"""
        return self.has_state and self.is_active_agrees and self.password_agrees

    @property
    def is_current(self) -> bool:
        """Is the fingerprint on record that of the very hash stored, under the present key?"""
        return self.state_password_fingerprint == fingerprint(self.stored_password)

    @property
    def fingerprints(self) -> list[str]:
        """The fingerprints on record, the older ones first."""
        return [
            *(self.state_rehashed_fingerprints or "").split(),
            self.state_password_fingerprint or "",
        ]

    @property
    def recorded(self) -> dict[str, Any]:
        """The columns of the state row."""
        return {
            "token_version": self.state_token_version,
            "password_fingerprint": self.state_password_fingerprint,
            "rehashed_fingerprints": self.state_rehashed_fingerprints,
            "is_active": self.state_is_active,
            "not_before": self.state_not_before,
        }

    def carries(self, password: str) -> bool:
        """Is ``password``, a hash, the stored one or proven to be of the same password?"""
        return password == self.stored_password or (
            self.agrees
            and any(print_ in self.fingerprints for print_ in possible_fingerprints(password))
        )


VERSION_COLUMNS: dict[str, Combinable] = {
    "state_token_version": F("token_state__token_version"),
    "state_not_before": F("token_state__not_before"),
    # There is one row at most. Without the LIMIT that a slice makes, PostgreSQL plans it faster.
    "epoch_token_epoch": Subquery(TokenEpoch.objects.values("token_epoch")),
}
# What tells, in the statement that loads a user, whether row and state agree.
CREDENTIAL_COLUMNS: dict[str, Combinable] = {
    "state_password_fingerprint": F("token_state__password_fingerprint"),
    "state_rehashed_fingerprints": F("token_state__rehashed_fingerprints"),
    "state_is_active": F("token_state__is_active"),
}
_annotations = attrgetter(*Snapshot._fields[3:])


@cache
def is_active_is_stored() -> bool:
    """Does the user model have ``is_active`` as a column, not as a mere attribute?"""
    return any(field.name == "is_active" for field in user_model()._meta.concrete_fields)


def of(user: Any) -> Snapshot:
    """Return the snapshot that came with ``user``, loaded whole and with all the columns above."""
    is_active = user.is_active if is_active_is_stored() else True
    return Snapshot(user.pk, user.password, is_active, *_annotations(user))


def snapshots(manager: "Manager[Any]") -> "QuerySet[Any, Any]":
    """Return a queryset of users with all columns of their snapshots."""
    stored = {
        "stored_password": F("password"),
        "stored_is_active": F("is_active") if is_active_is_stored() else Value(True),
    }
    seen = manager.annotate(**stored, **CREDENTIAL_COLUMNS, **VERSION_COLUMNS)
    return cast("QuerySet[Any, Any]", seen)


def all_snapshots(using: str) -> "QuerySet[Any, dict[str, Any]]":
    """Return a queryset of all users' snapshots, as dicts: hidden users have tokens, too."""
    return snapshots(user_model()._base_manager.db_manager(using)).values(*Snapshot._fields)


def snapshot(user_id: Any, *, using: str) -> Snapshot:
    """Return the present snapshot of one user; raise the user model's ``DoesNotExist``."""
    users, key = user_model()._base_manager, user_model()._meta.pk
    statement = compiled(Statement, users, key, _one_snapshot, using=using, key=user_model())
    return Snapshot(*statement.find_row(user_id, {}))


def _one_snapshot(manager: "Manager[Any]") -> "QuerySet[Any, Any]":
    # Values, not an instance: making one may run a project's code, which may load what is deferred.
    return snapshots(manager).filter(pk=USER_ID).values_list(*Snapshot._fields)


def _now() -> int:
    return int(time.time())


def record(seen: Iterable[Snapshot], *, using: str, newborn: bool = False) -> None:
    """Make the missing state rows from what was seen, yielding to rows that are already there.

    ``newborn`` users were inserted just now: tokens of an earlier bearer of the key are dead.
    """
    rows = [
        TokenState(
            user_id=each.pk,
            token_version=fresh_version(),
            password_fingerprint=fingerprint(each.stored_password),
            is_active=bool(each.stored_is_active),
            not_before=_now() - 1 if newborn else None,
        )
        for each in seen
    ]
    with transaction.atomic(using=using):
        TokenState.objects.using(using).bulk_create(rows, ignore_conflicts=True)


def born_now(seen: Snapshot) -> Snapshot:
    """Return what to record of a user who was inserted just now, though others saw her first."""
    return seen._replace(state_not_before=_now() - 1)


def adopted(seen: Snapshot) -> Snapshot:
    """Return what to record when the stored hash is another one of the same password."""
    now = fingerprint(seen.stored_password)
    older = [print_ for print_ in seen.fingerprints if print_ != now]
    return seen._replace(state_password_fingerprint=now, state_rehashed_fingerprints=_latest(older))


def rehashed(seen: Snapshot, password: str) -> Snapshot:
    """Return what to record when ``password``, proven to be a hash of the same one, will be stored."""
    older = (seen.state_rehashed_fingerprints or "").split()
    return seen._replace(state_rehashed_fingerprints=_latest([*older, fingerprint(password)]))


def raised(seen: Snapshot) -> Snapshot:
    """Return what to record when the credentials have changed: a higher version for those seen."""
    return seen._replace(
        state_token_version=max((seen.state_token_version or 0) + step(), fresh_version()),
        state_password_fingerprint=fingerprint(seen.stored_password),
        state_rehashed_fingerprints="",
        state_is_active=bool(seen.stored_is_active),
        state_not_before=_now(),
    )


@sensitive_variables()
def compare_and_set(seen: Snapshot, then: Snapshot, *, using: str) -> bool:
    """Write ``then`` over ``seen``; answer whether nobody else had written in between."""
    values = then.recorded
    if then.state_token_version != seen.state_token_version:
        values["raised"] = timezone.now()
    return (
        TokenState.objects.using(using).filter(user=seen.pk, **seen.recorded).update(**values) == 1
    )


def raise_versions(user_ids: Sequence[Any], *, using: str) -> int:
    """Kill the tokens of many users; return how many have a state row, and so were revoked."""
    return (
        TokenState.objects.using(using)
        .filter(user__in=user_ids)
        .update(
            token_version=raised_in_sql("token_version"), not_before=_now(), raised=timezone.now()
        )
    )


def raise_epoch(*, using: str) -> int:
    """Kill everyone's tokens; return the new epoch."""
    epochs = TokenEpoch.objects.using(using).filter(pk=TokenEpoch.THE_ONE)
    with transaction.atomic(using=using):
        # The row first, if only to lock it: two calls at once must both be counted.
        TokenEpoch.objects.using(using).bulk_create(
            [TokenEpoch(token_epoch=0)], ignore_conflicts=True
        )
        epochs.update(token_epoch=raised_in_sql("token_epoch"))
        return epochs.get().token_epoch


def stateless(user_ids: Sequence[Any], *, using: str) -> list[Snapshot]:
    """Return the snapshots of those users that have no state row yet."""
    seen = all_snapshots(using).filter(pk__in=user_ids, token_state=None)
    return [Snapshot(**each) for each in seen]


def lock(user_ids: Sequence[Any], *, using: str) -> None:
    """Lock the state rows in the order of their keys, so that two revocations cannot deadlock."""
    rows = TokenState.objects.using(using).filter(user__in=user_ids).order_by("user")
    list(rows.select_for_update().values_list("user"))


def _latest(prints: Iterable[str]) -> str:
    return " ".join(list(dict.fromkeys(prints))[-MAX_REHASHES:])
