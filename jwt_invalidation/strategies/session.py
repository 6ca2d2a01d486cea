"""A token is dead when its session, one login on one device, has ended or expired."""

from __future__ import annotations

from functools import partial
import time
from typing import TYPE_CHECKING, Any

from django.db.models import F, FilteredRelation, Q
from rest_framework_simplejwt import tokens as simplejwt

from ..claims import SID, copy_of, is_numeric_date, is_unversioned
from ..conf import conf
from ..db.clock import UnixNow
from ..db.unavailable import unavailable_if_database_fails
from ..exceptions import RefreshTokenReused, TokenRevoked
from ..humanize import ago, in_utc
from ..models import Revocation, TokenSession
from ..sessions import ending, lifecycle, succession
from ..sessions.device import current_device
from ..sessions.known import KnownSession, note_admission
from ..state.held_back import is_held_back, write_when_accepted
from ..state.snapshot import VERSION_COLUMNS
from ..token_blacklist import is_blacklisted
from ..users import write_alias
from .base import Claim, Strategy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models.expressions import Combinable
    from rest_framework_simplejwt.tokens import Token

__all__ = ["SessionStrategy"]

COLUMNS = ("sid", "ended_at", "token_epoch", "idle_exp", "grace_exp", *KnownSession._fields)


class SessionStrategy(Strategy):
    """Tie a refresh token, its successors and their access tokens together by the claim ``sid``.

    A session of a former epoch is over, so `revoke_everyone` needs nothing here. A token without a
    session is checked against the version, and against the time at which the user's other sessions
    were last ended.
    """

    description = "A token is dead when its session, one login on one device, has ended or expired."
    handles_rotation = True

    @property
    def columns(self) -> Mapping[str, Combinable | FilteredRelation]:
        """The user's session that the token names, and until when tokens without one are dead."""
        return {
            "named_session": FilteredRelation(
                "token_sessions", condition=Q(token_sessions__sid=Claim(SID, str))
            ),
            **{f"session_{name}": F(f"named_session__{name}") for name in COLUMNS},
            "database_now": UnixNow(),
            # Hardly any user has one. So the log is not joined, and asked about theirs alone.
            "state_has_revoked_tokens": F("token_state__has_revoked_tokens"),
            "state_sidless_not_before": F("token_state__sidless_not_before"),
            # As the version strategy has it: the statement reads it once.
            "epoch_token_epoch": VERSION_COLUMNS["epoch_token_epoch"],
        }

    def stamp(self, token: Token, user: Any) -> None:
        """Start a session for a new refresh or sliding token; raise `CredentialsChanged`."""
        if token.token is not None:
            # It came from a client and has no session, and goes on without. Its sid is not ours.
            token.payload.pop(SID, None)
            return
        if not _can_have_session(token):
            return
        succession.begin(token)
        write_when_accepted(
            partial(
                lifecycle.start,
                copy_of(token),
                user_id=user.pk,
                version=user.state_token_version,
                epoch=user.epoch_token_epoch or 0,
                device=current_device(),
                using=user._state.db,
            ),
            key=token[SID],
        )

    def admitted_to_refresh(self, token: Token, user: Any) -> None:
        """Let the token know its session, and when it was admitted."""
        note_admission(token, user)

    def inherit(self, child: Token, parent: Token) -> None:
        """Rotate the session's refresh token; raise a `TokenRevoked`. Access tokens have the sid."""
        if SID not in child:
            succession.date_back(child, parent)
        elif isinstance(child, simplejwt.RefreshToken):
            using = write_alias()
            succession.name_successor(child, parent, using=using)
            write_when_accepted(
                partial(lifecycle.rotate, copy_of(child), copy_of(parent), using=using),
                key=succession.jti_of(child),
                to_session=True,
            )

    def expiry_changed(self, token: Token) -> None:
        """Let the session last as long as its token, and no token longer than its session."""
        if SID in token and _can_have_session(token):
            using = write_alias()
            succession.keep_end(token, using=using)
            write_when_accepted(
                partial(lifecycle.expiry_changed, copy_of(token), using=using), to_session=True
            )

    def refreshed(self, token: Token) -> None:
        """Note that the session is used."""
        if SID in token:
            write_when_accepted(
                partial(lifecycle.refreshed, copy_of(token), using=write_alias()), to_session=True
            )

    def check(self, token: Token, user: Any) -> None:
        """Raise a `TokenRevoked` if the session is over, or the refresh token one of its past."""
        if _is_revoked_itself(token, user):
            raise TokenRevoked()
        if _has_no_session(token):
            _check_sidless(token, user)
            return
        if not _is_named(token, user) and is_held_back(token[SID]):
            # The request that asks is about to start it.
            return
        if not _is_named(token, user) or user.session_ended_at is not None:
            raise TokenRevoked()
        if user.session_token_epoch != (user.epoch_token_epoch or 0):
            raise TokenRevoked()
        if _was_rotated(token, user):
            _check_predecessor(token, user)
        if user.session_idle_exp <= time.time():
            raise TokenRevoked()

    def explain(self, token: Token, user: Any) -> str:
        """Return since when, or until when, the session lives, and why it ended."""
        if _is_revoked_itself(token, user):
            return "the token itself was revoked"
        if _has_no_session(token):
            return _explain_sidless(user)
        if not _is_named(token, user):
            return "its session is unknown"
        if user.session_ended_at is not None:
            return _explain_end(user)
        if user.session_token_epoch != (user.epoch_token_epoch or 0):
            return "its session ended when everyone's tokens were revoked"
        if _was_rotated(token, user):
            return _explain_rotation(token, user)
        verb = "lives until" if user.session_idle_exp > time.time() else "expired at"
        return f"its session {verb} {in_utc(user.session_idle_exp)}"

    def revoke_users(self, user_ids: Sequence[Any], revocation: Revocation) -> None:
        """End all sessions of these users; tokens that have none die of the version."""
        using = revocation._state.db or write_alias()
        ending.end_all_of(user_ids, reason=revocation.reason, using=using)


def _can_have_session(token: Token) -> bool:
    return isinstance(token, (simplejwt.RefreshToken, simplejwt.SlidingToken))


def _has_no_session(token: Token) -> bool:
    return SID not in token or is_unversioned(token.payload)


def _is_named(token: Token, user: Any) -> bool:
    """Has the user the session that the token names? Some databases compare without regard to case."""
    return user.session_sid is not None and bool(user.session_sid == token[SID])


def _check_sidless(token: Token, user: Any) -> None:
    not_before = user.state_sidless_not_before
    if not_before is None:
        return
    issued = token.get("iat")
    # Whole seconds: a token of the very second may be from before, so it is dead.
    if not is_numeric_date(issued) or int(issued) <= not_before:
        raise TokenRevoked()


def _was_rotated(token: Token, user: Any) -> bool:
    """Is it a refresh token of the session, but not its current one?"""
    type_claim, jti_claim = conf.simplejwt.TOKEN_TYPE_CLAIM, conf.simplejwt.JTI_CLAIM
    if type_claim is None or jti_claim is None:
        # Nothing tells one refresh token from another, or from an access token.
        return False
    jti = token.get(jti_claim)
    if jti == user.session_current_jti:
        return False
    is_refresh = token.get(type_claim) == simplejwt.RefreshToken.token_type
    return bool(is_refresh or jti == user.session_previous_jti)


def _check_predecessor(token: Token, user: Any) -> None:
    """Let in the predecessor of the current refresh token within ``ROTATION_GRACE``.

    It gets what the current one would get, which is nothing if that was revoked by itself.
    """
    jti = token[conf.simplejwt.JTI_CLAIM]
    if is_held_back(jti):
        # The request that asks has just been given it.
        return
    # The grace begins and ends by the database's clock: those of the processes differ.
    is_in_grace = user.session_grace_exp > user.database_now
    if not (is_in_grace and jti == user.session_previous_jti):
        raise RefreshTokenReused()
    current = user.session_current_jti
    is_in_log = user.state_has_revoked_tokens and _is_in_log(current, user)
    if is_in_log or is_blacklisted(current, using=write_alias()):
        raise TokenRevoked()


def _is_revoked_itself(token: Token, user: Any) -> bool:
    if not user.state_has_revoked_tokens or conf.simplejwt.JTI_CLAIM is None:
        return False
    return _is_in_log(token[conf.simplejwt.JTI_CLAIM], user)


def _is_in_log(jti: str, user: Any) -> bool:
    entries = Revocation.objects.using(user._state.db).filter(
        scope=Revocation.Scope.TOKEN, identifier=jti, subject_id=user.pk
    )
    # Compared in Python: some databases compare without regard to case.
    with unavailable_if_database_fails():
        return jti in entries.values_list("identifier", flat=True)


def _explain_sidless(user: Any) -> str:
    not_before = user.state_sidless_not_before
    if not_before is None:
        return "belongs to no session, and none such was ended yet"
    return f"belongs to no session; those issued up to {in_utc(not_before)} were ended"


def _explain_end(user: Any) -> str:
    session = TokenSession.objects.using(user._state.db).get(sid=user.session_sid)
    reason = session.get_reason_display()
    return f"its session ended {ago(user.session_ended_at)}, {reason[:1].lower()}{reason[1:]}"


def _explain_rotation(token: Token, user: Any) -> str:
    if token[conf.simplejwt.JTI_CLAIM] != user.session_previous_jti:
        return "a refresh token that was rotated before its session's last one"
    return f"a rotated refresh token, whose grace is over at {in_utc(user.session_grace_exp)}"
