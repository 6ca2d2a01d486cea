"""The contract of a strategy: one independent reason why a token may be dead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..db.compiled_query import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import FilteredRelation
    from django.db.models.expressions import Combinable
    from rest_framework_simplejwt.tokens import Token

    from ..models import Revocation

__all__ = ["Claim", "Strategy"]


class Strategy:
    """Why a token may be dead. A token dies if any active strategy says so.

    Override what the reason needs. Each method's default is that it needs nothing. What a login or
    a refresh writes belongs into `state.held_back.write_when_accepted`: the serializer of a project may
    still refuse.
    """

    #: When a token is dead, in one sentence. `token_report` prints it.
    description: ClassVar[str] = "A strategy of this project."
    #: Can `check` do without the database, and with a user that stands for the token alone?
    is_stateless: ClassVar[bool] = False
    #: Does it keep simplejwt's list of outstanding tokens, so that simplejwt must not?
    maintains_outstanding_tokens: ClassVar[bool] = False
    #: Does it refuse the predecessors of a rotated token, so that simplejwt's blacklist must not?
    handles_rotation: ClassVar[bool] = False

    @property
    def columns(self) -> Mapping[str, Combinable | FilteredRelation]:
        """What `check` and `stamp` read: the one query sets each as an attribute of the user.

        A ``FilteredRelation`` joins a table for the expressions after it, and sets no attribute.
        """
        return {}

    def stamp(self, token: Token, user: AbstractBaseUser) -> None:
        """Write into a new token what `check` will later need."""

    def admitted_to_refresh(self, token: Token, user: AbstractBaseUser) -> None:
        """Note on the token, which was admitted to be refreshed, what `inherit` will later need.

        ``user`` has the columns that the admitting statement read.
        """

    def inherit(self, child: Token, parent: Token) -> None:
        """Hand on what `stamp` wrote: an access token, or a successor, was made of ``parent``.

        simplejwt has already copied all claims but the type, the times and the jti.
        """

    def expiry_changed(self, token: Token) -> None:
        """Note that ``exp`` of a stamped token was changed after minting."""

    def refreshed(self, token: Token) -> None:
        """Note that a refresh token was used, and stays as it is: refresh tokens do not rotate."""

    def check(self, token: Token, user: AbstractBaseUser) -> None:
        """Raise a `TokenRevoked` if the verified token is dead. Never write."""

    def explain(self, token: Token, user: AbstractBaseUser) -> str | None:
        """Return in words what `check` went by, for ``manage.py inspect_token``; None for no words.

        It may query, and must not write.
        """
        return None

    def revoke_users(self, user_ids: Sequence[Any], revocation: Revocation) -> None:
        """Kill all tokens of these users, in the transaction that bumps their versions.

        ``revocation`` is the log entry without its subject and version.
        """

    def revoke_everyone(self, revocation: Revocation) -> None:
        """Kill all tokens, after the transaction that bumps the epoch has committed.

        The epoch has killed them by then, so take the time it needs: work in batches.
        """
