"""The life of a session before its end: start, rotate, refreshed, expiry changed."""

from __future__ import annotations

from datetime import timedelta
import secrets
import time
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from ..claims import SID
from ..conf import conf
from ..db.insert_select import insert_selected
from ..exceptions import (
    CredentialsChanged,
    RefreshTokenReused,
    TokenRevoked,
    TooManySessions,
)
from ..models import Revocation, TokenSession
from ..signals import send_on_commit, session_started
from ..state.locks import locked_user
from .device import current_device
from .ending import end_each, end_reused_session
from .status import live_sessions

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

# A session that is used all the time is written no more often than this.
USED_EVERY = timedelta(minutes=1)


def start(token: Token, *, user_id: Any, version: int, epoch: int, using: str) -> str:
    """Start a session of which ``token`` is the refresh token; return its sid.

    ``version`` and ``epoch`` are those that the token is stamped with.

    Raise `CredentialsChanged` if the user is gone or has another version by now. The session that
    the device is in already ends, if it is the same user's: ASVS 5.0, item 7.2.4.
    """
    sid = secrets.token_hex(16)
    now, expiry = timezone.now(), _expiry_of(token)
    end = token["iat"] + int(conf.SESSION_LIFETIME.total_seconds())
    device = current_device()
    values = {
        "sid": sid,
        "created_at": now,
        "last_used_at": now,
        "idle_exp": min(expiry if _idle() is None else token["iat"] + _idle(), end),
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
    return sid


def rotate(successor: Token, predecessor: Token, *, using: str) -> None:
    """Make ``successor`` the session's refresh token, in one statement that decides who wins.

    Whoever comes second within the grace gets the same successor once more: its id and times are
    put into ``successor``. Any older token of the session ends it: raise `RefreshTokenReused`.
    Raise a `TokenRevoked` if the session is over.
    """
    now = _now()
    live = live_sessions(using=using).filter(sid=successor[SID])
    is_rotated = live.filter(current_jti=jti_of(predecessor)).update(
        previous_jti=jti_of(predecessor),
        current_jti=jti_of(successor),
        grace_exp=now + int(conf.ROTATION_GRACE.total_seconds()),
        refresh_iat=successor["iat"],
        refresh_exp=successor["exp"],
        **_used(successor, now),
    )
    if is_rotated:
        return
    session = live.first()
    if session is None:
        raise TokenRevoked()
    if session.previous_jti != jti_of(predecessor) or session.grace_exp <= now:
        end_reused_session(predecessor)
        raise RefreshTokenReused()
    successor.payload[conf.simplejwt.JTI_CLAIM] = session.current_jti
    successor.payload["iat"] = session.refresh_iat
    successor.payload["exp"] = session.refresh_exp


def refreshed(token: Token, *, using: str) -> None:
    """Note that the session is used, once a minute at most."""
    now, moment = _now(), timezone.now()
    # Without USE_TZ the hour in which summer time ends comes twice: the last use may lie ahead.
    is_due = Q(last_used_at__lt=moment - USED_EVERY) | Q(last_used_at__gt=moment)
    live_sessions(using=using).filter(is_due, sid=token[SID]).update(**_used(token, now))


def expiry_changed(token: Token, *, using: str) -> None:
    """Let the session last as long as its token, whose expiry was changed."""
    own = live_sessions(using=using).filter(sid=token[SID], current_jti=jti_of(token))
    own.update(refresh_exp=token["exp"], **_used(token, _now()))


def jti_of(token: Token) -> str:
    """Return the id of a token as our columns hold it: empty if simplejwt is set to write none."""
    claim = conf.simplejwt.JTI_CLAIM
    return "" if claim is None else str(token[claim])


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


def _used(token: Token, now: int) -> dict[str, Any]:
    """Return the columns that a use of the session changes. No use moves its absolute end."""
    idle = _idle()
    expiry: Combinable
    if idle is None:
        expiry = Greatest(F("idle_exp"), _integer(_expiry_of(token)))
    else:
        expiry = _integer(now + idle)
    return {"last_used_at": timezone.now(), "idle_exp": Least(expiry, F("absolute_exp"))}


def _integer(value: int) -> Value:
    return Value(value, output_field=BigIntegerField())


def _idle() -> int | None:
    """Return the seconds that a session may be idle; None if its refresh token decides."""
    lifetime = conf.SESSION_IDLE_LIFETIME
    return None if lifetime is None else int(lifetime.total_seconds())


def _expiry_of(token: Token) -> int:
    """Return when the token is refused as expired, with the leeway that simplejwt grants."""
    leeway: timedelta = token.get_token_backend().get_leeway()
    return int(token["exp"] + leeway.total_seconds())


def _now() -> int:
    return int(time.time())
