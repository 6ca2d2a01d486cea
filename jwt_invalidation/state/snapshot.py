"""What one statement sees of a user: the row, its token state and the epoch."""

from __future__ import annotations

from enum import Enum, auto
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db.models import F, Subquery, Value

from ..db.compiled_query import USER_ID, compiled
from ..models import TokenEpoch
from ..users import is_active_is_stored, user_model
from .fingerprint import key_id_of, known_key_ids, possible_fingerprints

if TYPE_CHECKING:
    from django.db.models import Manager, QuerySet
    from django.db.models.expressions import Combinable


class Difference(Enum):
    """How a user row differs from the state on record."""

    #: They agree.
    NONE = auto()
    #: They agree, but the fingerprint on record is of another hash of the password, or another key.
    REHASHED = auto()
    #: They agree, but for the account, which is active again. Its deactivation has killed the tokens.
    REACTIVATED = auto()
    #: Nothing is on record of the user.
    NO_STATE = auto()
    #: Nobody can tell here: the record was made with a ``SECRET_KEY`` that this process does not know.
    UNKNOWN_KEY = auto()
    PASSWORD = auto()
    DEACTIVATED = auto()

    @property
    def is_agreement(self) -> bool:
        """Are the credentials on record those of the user row?"""
        return self in (Difference.NONE, Difference.REHASHED, Difference.REACTIVATED)

    @property
    def is_change(self) -> bool:
        """Have the credentials changed since they were recorded?"""
        return self in (Difference.PASSWORD, Difference.DEACTIVATED)


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

    def difference(self) -> Difference:
        """Return how the user row differs from the state; one HMAC if they agree, else one a key."""
        if not self.has_state:
            return Difference.NO_STATE
        under_each_key = possible_fingerprints(self.stored_password)
        under_current_key = next(under_each_key)
        is_current = under_current_key == self.state_password_fingerprint
        if not (is_current or self._records_any(under_current_key, *under_each_key)):
            if self.key_is_known:
                return Difference.PASSWORD
            return Difference.DEACTIVATED if self._is_deactivated else Difference.UNKNOWN_KEY
        if bool(self.stored_is_active) != bool(self.state_is_active):
            return Difference.DEACTIVATED if self._is_deactivated else Difference.REACTIVATED
        return Difference.NONE if is_current else Difference.REHASHED

    def carries(self, password: str) -> bool:
        """Is ``password``, a hash, the stored one or proven to be of the same password?

        Ask it only where row and state agree.
        """
        return password == self.stored_password or self._records_any(
            *possible_fingerprints(password)
        )

    @property
    def has_state(self) -> bool:
        """Is there a state row?"""
        return self.state_token_version is not None

    @property
    def key_is_known(self) -> bool:
        """Does this process know the key that the latest fingerprint on record was made with?

        A fingerprint from before key ids were recorded counts as one of a known key.
        """
        return self.key_ids[-1] in ("", *known_key_ids())

    @property
    def key_ids(self) -> list[str]:
        """The ids of the keys that the fingerprints on record were made with, in their order."""
        return [key_id_of(recorded) for recorded in self.fingerprints]

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

    @property
    def _is_deactivated(self) -> bool:
        return bool(self.state_is_active) and not self.stored_is_active

    def _records_any(self, *fingerprints: str) -> bool:
        return not set(fingerprints).isdisjoint(self.fingerprints)


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


def _snapshots(manager: Manager[Any]) -> QuerySet[Any, Any]:
    """Return a queryset of users with all columns of their snapshots."""
    stored = {
        "stored_password": F("password"),
        "stored_is_active": F("is_active") if is_active_is_stored() else Value(True),
    }
    seen = manager.annotate(**stored, **CREDENTIAL_COLUMNS, **VERSION_COLUMNS)
    return cast("QuerySet[Any, Any]", seen)


def all_snapshots(using: str) -> QuerySet[Any, dict[str, Any]]:
    """Return a queryset of all users' snapshots, as dicts: hidden users have tokens, too."""
    return _snapshots(user_model()._base_manager.db_manager(using)).values(*Snapshot._fields)


def take_snapshot(user_id: Any, *, using: str) -> Snapshot:
    """Return the current snapshot of one user; raise the user model's ``DoesNotExist``."""
    users, key = user_model()._base_manager, user_model()._meta.pk
    statement = compiled(users, key, _one_snapshot, using=using, key=user_model())
    return Snapshot(*statement.find_row(user_id, {}))


def _one_snapshot(manager: Manager[Any]) -> QuerySet[Any, Any]:
    # Values, not an instance: making one may run a project's code, which may load what is deferred.
    return _snapshots(manager).filter(pk=USER_ID).values_list(*Snapshot._fields)
