"""What one statement sees of a user: the row, its token state and the epoch."""

from operator import attrgetter
from typing import Any, NamedTuple, cast

from django.db.models import F, Manager, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable

from ..db.compiled_query import USER_ID, Statement, compiled
from ..models import TokenEpoch
from ..users import is_active_is_stored, user_model
from .fingerprint import fingerprint, possible_fingerprints


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


def snapshot_of(user: Any) -> Snapshot:
    """Return the snapshot that came with ``user``, loaded whole and with all the columns above."""
    is_active = user.is_active if is_active_is_stored() else True
    return Snapshot(user.pk, user.password, is_active, *_annotations(user))


def _snapshots(manager: "Manager[Any]") -> "QuerySet[Any, Any]":
    """Return a queryset of users with all columns of their snapshots."""
    stored = {
        "stored_password": F("password"),
        "stored_is_active": F("is_active") if is_active_is_stored() else Value(True),
    }
    seen = manager.annotate(**stored, **CREDENTIAL_COLUMNS, **VERSION_COLUMNS)
    return cast("QuerySet[Any, Any]", seen)


def all_snapshots(using: str) -> "QuerySet[Any, dict[str, Any]]":
    """Return a queryset of all users' snapshots, as dicts: hidden users have tokens, too."""
    return _snapshots(user_model()._base_manager.db_manager(using)).values(*Snapshot._fields)


def take_snapshot(user_id: Any, *, using: str) -> Snapshot:
    """Return the present snapshot of one user; raise the user model's ``DoesNotExist``."""
    users, key = user_model()._base_manager, user_model()._meta.pk
    statement = compiled(Statement, users, key, _one_snapshot, using=using, key=user_model())
    return Snapshot(*statement.find_row(user_id, {}))


def _one_snapshot(manager: "Manager[Any]") -> "QuerySet[Any, Any]":
    # Values, not an instance: making one may run a project's code, which may load what is deferred.
    return _snapshots(manager).filter(pk=USER_ID).values_list(*Snapshot._fields)
