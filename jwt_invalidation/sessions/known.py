"""What a token that is being refreshed knows of its session, without another query.

It is kept on the token's object, and in none of its claims.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..claims import SID
from ..models import TokenSession

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

SESSION = "_jwt_invalidation_session"
ADMITTED_AT = "_jwt_invalidation_admitted_at"


class KnownSession(NamedTuple):
    """The columns of a session that its next tokens depend on. NumericDates, and seconds."""

    current_jti: str
    previous_jti: str
    refresh_iat: int
    refresh_exp: int
    refresh_lifetime: int | None
    absolute_exp: int


_annotations = attrgetter(*(f"session_{name}" for name in KnownSession._fields))


def note_admission(token: Token, user: Any) -> None:
    """Let the token know what the gate's statement has read along with ``user``."""
    vars(token)[ADMITTED_AT] = user.database_now
    if user.session_sid is not None:
        remember(token, KnownSession(*_annotations(user)))


def admitted_at(token: Token) -> int | None:
    """Return when the gate admitted the token, by the database's clock; None if it did not."""
    moment: int | None = vars(token).get(ADMITTED_AT)
    return moment


def remember(token: Token, known: KnownSession) -> None:
    """Let the token, and copies of it, know its session."""
    vars(token)[SESSION] = known


def recall(token: Token, *, using: str) -> KnownSession | None:
    """Return what the token knows, or else what is stored; None if there is no such session."""
    known: KnownSession | None = vars(token).get(SESSION)
    if known is None:
        stored = TokenSession.objects.using(using).filter(sid=token[SID])
        row = stored.values_list(*KnownSession._fields).first()
        known = None if row is None else KnownSession(*row)
    return known
