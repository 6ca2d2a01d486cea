"""The life of a session before its end: start, rotate, refreshed, expiry changed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
import time
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.db.models import BigIntegerField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Least
from django.utils import timezone
from rest_framework_simplejwt.utils import datetime_to_epoch

from ..claims import SID
from ..conf import conf
from ..db.clock import UnixNow
from ..db.insert_select import insert_selected
from ..exceptions import (
    CredentialsChanged,
    RefreshTokenReused,
    StateUnavailable,
    TokenRevoked,
    TooManySessions,
)
from ..models import Revocation, TokenSession
from ..signals import send_on_commit, session_started
from ..state.held_back import follow_up
from ..state.locks import locked_user
from .ending import end_each, end_reused_session
from .status import live_sessions
from .succession import absolute_end_of, jti_of

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

    from .device import Device


def start(
    token: Token, *, user_id: Any, version: int, epoch: int, device: Device, using: str
) -> None:
    """Start the session that ``token``, its refresh token, names.

    ``version`` and ``epoch`` are those that the token is stamped with.

    Raise `CredentialsChanged` if the user is gone or has another version by now. The session that
    the device is in already ends, if it is the same user's: ASVS 5.0, item 7.2.4.
    """
    sid, now = token[SID], timezone.now()
    end = absolute_end_of(token)
    values = {
        "sid": sid,
        "created_at": now,
        "last_used_at": now,
        "idle_exp": min(_idle_end_of(token, since=token["iat"]), end),
        "absolute_exp": end,
        "token_epoch": epoch,
        "refresh_iat": token["iat"],
        "refresh_exp": token["exp"],
        "grace_exp": 0,
        "current_jti": jti_of(token),
        "previous_jti": "",
        "ip_address": device.ip_address,
        "user_agent": device.user_agent,
        "reason": "",
    }
    columns: dict[str, Combinable] = {
        name: Value(value, output_field=cast(Any, TokenSession._meta.get_field(name)))
        for name, value in values.items()
    }
    columns |= {"user": F("pk"), "holder_id": F("pk")}
    with transaction.atomic(using=using):
        user = locked_user(version, using=using, pk=user_id)
        if not insert_selected(TokenSession, columns, user, using=using):
            raise CredentialsChanged()
        if device.sid is not None:
            _replace(device.sid, user_id=user_id, using=using)
        # The user's state is locked by now: two logins at once are counted one after the other.
        _keep_limit(sid, user_id=user_id, using=using)
        send_on_commit(session_started, sender=TokenSession, using=using, user_id=user_id, sid=sid)


def rotate(successor: Token, predecessor: Token, *, using: str) -> None:
    """Make ``successor`` the session's refresh token, in one statement that decides who wins.

    Whoever comes second within the grace has named the same successor. Any older token of the
    session ends it: raise `RefreshTokenReused`. Raise a `TokenRevoked` if the session is over, and
    `StateUnavailable` if another successor has been named, under another ``SECRET_KEY`` for example.
    """
    live = live_sessions(using=using).filter(sid=successor[SID])
    is_rotated = live.filter(current_jti=jti_of(predecessor)).update(
        previous_jti=jti_of(predecessor),
        current_jti=jti_of(successor),
        grace_exp=UnixNow() + int(conf.ROTATION_GRACE.total_seconds()),
        refresh_iat=successor["iat"],
        refresh_exp=successor["exp"],
        **_used(successor),
    )
    if is_rotated:
        return
    session = live.annotate(database_now=UnixNow()).first()
    if session is None:
        raise TokenRevoked()
    is_predecessor = session.previous_jti == jti_of(predecessor)
    if not (is_predecessor and session.grace_exp > session.database_now):
        # After what is held back is rolled back: the end must last.
        follow_up(partial(end_reused_session, predecessor))
        raise RefreshTokenReused()
    if session.current_jti != jti_of(successor):
        raise StateUnavailable()


def refreshed(token: Token, *, using: str) -> None:
    """Note that the session is used."""
    live_sessions(using=using).filter(sid=token[SID]).update(**_used(token))


def expiry_changed(token: Token, *, using: str) -> None:
    """Let the session, and the successors of its token, last as long as its token."""
    own = live_sessions(using=using).filter(sid=token[SID], current_jti=jti_of(token))
    own.update(refresh_exp=token["exp"], refresh_lifetime=_own_lifetime_of(token), **_used(token))


def _replace(sid: str, *, user_id: Any, using: str) -> None:
    """End the session that a new one takes the place of, unless it is another user's."""
    own = TokenSession.objects.using(using).filter(user=user_id, sid=sid)
    entry = Revocation(
        scope=Revocation.Scope.SESSION,
        reason=Revocation.Reason.LOGOUT,
        note="The same device logged in again.",
    )
    end_each(list(own.values_list("sid", flat=True)), entry, using=using)


def _keep_limit(newest: str, *, user_id: Any, using: str) -> None:
    """Make room for the newest session, or raise `TooManySessions`."""
    limit = conf.MAX_SESSIONS_PER_USER
    if limit is None:
        return
    others = live_sessions(using=using).filter(user=user_id).exclude(sid=newest)
    surplus = list(others.order_by("-last_used_at", "-created_at").values_list("sid", flat=True))
    surplus = surplus[limit - 1 :]
    if surplus and conf.SESSION_LIMIT_POLICY == "refuse":
        raise TooManySessions()
    entry = Revocation(
        scope=Revocation.Scope.SESSION,
        reason=Revocation.Reason.EVICTED,
        note="Another login took its place: MAX_SESSIONS_PER_USER was reached.",
    )
    if surplus:
        end_each(surplus, entry, using=using)


def _used(token: Token) -> dict[str, Any]:
    """Return the columns that a use of the session changes. No use moves its absolute end."""
    end = Value(_idle_end_of(token, since=int(time.time())), output_field=BigIntegerField())
    return {"last_used_at": timezone.now(), "idle_exp": Least(end, F("absolute_exp"))}


def _idle_end_of(token: Token, *, since: int) -> int:
    """Return until when a session lives that is not used: no longer than its refresh token."""
    leeway: timedelta = token.get_token_backend().get_leeway()
    expiry = int(token["exp"] + leeway.total_seconds())
    idle = conf.SESSION_IDLE_LIFETIME
    return expiry if idle is None else min(expiry, since + int(idle.total_seconds()))


def _own_lifetime_of(token: Token) -> int | None:
    """Return how many seconds a refresh token lives that was given another lifetime than usual."""
    lifetime = int(token["exp"]) - datetime_to_epoch(token.current_time)
    usual = int(cast(timedelta, token.lifetime).total_seconds())
    return None if lifetime == usual else lifetime
