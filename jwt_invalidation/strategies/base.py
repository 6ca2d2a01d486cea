"""The contract of a strategy: one independent reason why a token may be dead."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models.expressions import Combinable

from ..statement import Claim

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from rest_framework_simplejwt.tokens import Token

    from ..models import Revocation

__all__ = ["Claim", "Strategy"]


class Strategy:
    """Why a token may be dead. A token dies if any strategy in force says so.

    Override what the reason needs; each method's default is that it needs nothing.
    """

    #: What `check` and `stamp` read: the gate's one query sets each as an attribute of the user.
    columns: ClassVar[Mapping[str, Combinable]] = {}

    def stamp(self, token: "Token", user: "AbstractBaseUser") -> None:
        """Write into a new token what `check` will later need."""

    def inherit(self, child: "Token", parent: "Token") -> None:
        """Hand on what `stamp` wrote: an access token, or a successor, was made of ``parent``.

        simplejwt has already copied all claims but the type, the times and the jti.
        """

    def reschedule(self, token: "Token") -> None:
        """Take note that ``exp`` of a stamped token was changed after its birth."""

    def check(self, token: "Token", user: "AbstractBaseUser") -> None:
        """Raise a `TokenRevoked` if the verified token is dead. Never write."""

    def revoke_users(self, user_ids: Sequence[Any], revocation: "Revocation") -> None:
        """Kill all tokens of these users, in the transaction that raises their versions.

        ``revocation`` is the line of the log without its subject and version.
        """

    def revoke_everyone(self, revocation: "Revocation") -> None:
        """Kill all tokens, in the transaction that raises the epoch."""
