"""A token is dead when its session, one login on one device, has ended or expired."""

from collections.abc import Mapping, Sequence
from datetime import datetime
import time
from typing import TYPE_CHECKING, Any, cast

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from rest_framework_simplejwt import tokens as simplejwt

from ..claims import AUTH_TIME, SID, is_numeric_date, is_sid, is_unversioned
from ..conf import conf
from ..exceptions import CredentialsChanged, RefreshTokenReused, TokenRevoked
from ..humanize import ago, in_utc
from ..models import Revocation, TokenSession
from ..sessions import ending, lifecycle
from ..users import write_alias
from .base import Claim, Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

# What `session_standing` is for a refresh token that is neither the current one nor its predecessor.
STALE = 0


class SessionStrategy(Strategy):
    """Tie a refresh token, its successors and their access tokens together by the claim ``sid``.

    A token without one, from before or from code that calls simplejwt, is judged by the version,
    and by when the user's other sessions were last ended.
    """

    description = "A token is dead when its session, one login on one device, has ended or expired."
    handles_rotation = True

    @property
    def columns(self) -> Mapping[str, Combinable]:
        """How the token's session stands, as one number, and until when tokens without one are dead.

        The number is the Unix time at which the session expires; for the predecessor of a rotated
        refresh token, minus the time at which its grace ends; `STALE` for older ones; null if the
        session is ended, unknown or another user's.
        """
        sessions = TokenSession.objects.using(write_alias()).filter(
            sid=Claim(SID, str), user=OuterRef("pk"), ended_at=None
        )
        return {
            "session_standing": Subquery(sessions.order_by().values(standing=_standing())),
            "token_is_revoked": Exists(_revocations()),
            "state_sidless_not_before": F("token_state__sidless_not_before"),
        }

    def stamp(self, token: "Token", user: Any) -> None:
        """Start a session for a new refresh or sliding token; raise `CredentialsChanged`."""
        # One that came from a client and has no session goes on without.
        if token.token is not None or not _has_session(token):
            return
        sid = lifecycle.start(
            token, user_id=user.pk, version=user.state_token_version, using=user._state.db
        )
        if not sid:
            raise CredentialsChanged()
        token[SID], token[AUTH_TIME] = sid, token["iat"]

    def inherit(self, child: "Token", parent: "Token") -> None:
        """Rotate the session's refresh token; raise a `TokenRevoked`. Access tokens have the sid."""
        if SID in child and isinstance(child, simplejwt.RefreshToken):
            lifecycle.rotate(child, parent, using=write_alias())

    def expiry_changed(self, token: "Token") -> None:
        """Let the session last as long as its token."""
        if SID in token and _has_session(token):
            lifecycle.expiry_changed(token, using=write_alias())

    def refreshed(self, token: "Token") -> None:
        """Take note that the session is used."""
        if SID in token:
            lifecycle.refreshed(token, using=write_alias())

    def check(self, token: "Token", user: Any) -> None:
        """Raise a `TokenRevoked` if the session is over, or the refresh token one of its past."""
        if user.token_is_revoked:
            raise TokenRevoked()
        if SID not in token or is_unversioned(token.payload):
            self._check_sidless(token, user)
            return
        standing, now = user.session_standing, time.time()
        if standing is None or not is_sid(token[SID]):
            raise TokenRevoked()
        is_of_the_past = standing <= 0
        if is_of_the_past and -standing <= now:
            raise RefreshTokenReused()
        if not is_of_the_past and standing <= now:
            raise TokenRevoked()

    def explain(self, token: "Token", user: Any) -> str:
        """Return since when, or until when, the session lives, and why it ended."""
        if user.token_is_revoked:
            return "the token itself was revoked"
        if SID not in token or is_unversioned(token.payload):
            return _explain_sidless(user)
        if user.session_standing is None:
            return _explain_end(token, user)
        return _explain_standing(user.session_standing)

    def revoke_users(self, user_ids: Sequence[Any], revocation: "Revocation") -> None:
        """End all sessions of these users; what has none is judged by the version."""
        using = revocation._state.db or write_alias()
        ending.end_all_of(user_ids, reason=revocation.reason, using=using)

    def revoke_everyone(self, revocation: "Revocation") -> None:
        """End everyone's sessions, in one statement."""
        ending.end_all(reason=revocation.reason, using=revocation._state.db or write_alias())

    def _check_sidless(self, token: "Token", user: Any) -> None:
        not_before = user.state_sidless_not_before
        if not_before is None:
            return
        issued = token.get("iat")
        # Whole seconds: a token of the very second may be from before, so it is dead.
        if not is_numeric_date(issued) or int(issued) <= not_before:
            raise TokenRevoked()


def _explain_sidless(user: Any) -> str:
    not_before = user.state_sidless_not_before
    if not_before is None:
        return "belongs to no session, and none such was ended yet"
    return f"belongs to no session; those issued up to {in_utc(not_before)} were ended"


def _explain_end(token: "Token", user: Any) -> str:
    sessions = TokenSession.objects.using(user._state.db).filter(user=user.pk)
    session = sessions.filter(sid=token[SID]).first() if isinstance(token[SID], str) else None
    if session is None:
        return "its session is unknown"
    ended = cast(datetime, session.ended_at)
    reason = session.get_reason_display()
    return f"its session ended {ago(ended)}, {reason[:1].lower()}{reason[1:]}"


def _explain_standing(standing: int) -> str:
    if standing == STALE:
        return "a refresh token that was rotated before its session's last one"
    if standing < 0:
        return f"a rotated refresh token, whose grace is over at {in_utc(-standing)}"
    verb = "lives until" if standing > time.time() else "expired at"
    return f"its session {verb} {in_utc(standing)}"


def _revocations() -> "QuerySet[Revocation]":
    """Return the lines that name the very token."""
    return Revocation.objects.using(write_alias()).filter(
        scope=Revocation.Scope.TOKEN,
        identifier=Claim(conf.simplejwt.JTI_CLAIM, str),
        subject=OuterRef("pk"),
    )


def _standing() -> Combinable:
    live = F("idle_exp")
    type_claim = conf.simplejwt.TOKEN_TYPE_CLAIM
    if type_claim is None or conf.simplejwt.JTI_CLAIM is None:
        # Nothing tells one refresh token from another, or from an access token.
        return live
    jti = Claim(conf.simplejwt.JTI_CLAIM, str)
    is_refresh = Exact(
        Cast(Claim(type_claim, str), TextField()), Value(simplejwt.RefreshToken.token_type)
    )
    return Case(
        When(current_jti=jti, then=live),
        When(previous_jti=jti, then=-F("grace_exp")),
        When(is_refresh, then=Value(STALE)),
        default=live,
        output_field=BigIntegerField(),
    )


def _has_session(token: "Token") -> bool:
    return isinstance(token, (simplejwt.RefreshToken, simplejwt.SlidingToken))
