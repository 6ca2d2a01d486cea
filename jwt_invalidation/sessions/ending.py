"""End sessions: one, several, a user's others, all of many users. The epoch ends everyone's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
import logging
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..audit import new_entry, write_selected
from ..claims import SID
from ..db.batches import batches
from ..models import Revocation, TokenSession
from ..signals import (
    refresh_token_reused,
    send_each_on_commit,
    send_on_commit,
    session_ended,
)
from ..state import store
from ..state.deadlocks import retried_after_deadlock
from ..state.locks import lock_users
from ..users import primary_key_of, write_alias
from .status import unended

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

logger = logging.getLogger("jwt_invalidation")


@retried_after_deadlock
def end_sessions(
    sids: Sequence[str],
    *,
    reason: str,
    actor: AbstractBaseUser | None = None,
    note: str = "",
) -> int:
    """End these sessions, with all their tokens; return how many were not over already.

    Raise ``ValueError`` for an unknown reason, ``TypeError`` for one sid instead of a list of them.
    """
    if isinstance(sids, str):
        raise TypeError("Expected a list of sids, got a string: see `end_session`.")
    using = write_alias()
    entry = new_entry(Revocation.Scope.SESSION, reason, actor=actor, note=note, using=using)
    owners = sorted(_owners(sids, using=using)) if len(sids) > 1 else []
    with transaction.atomic(using=using):
        # Locked first, as by everybody else who ends several sessions at once: so nobody waits in
        # a circle.
        for batch in batches(owners, using=using):
            lock_users(batch, using=using)
        return sum(end_each(batch, entry, using=using) for batch in batches(sids, using=using))


def end_session(
    sid: str, *, reason: str, actor: AbstractBaseUser | None = None, note: str = ""
) -> int:
    """End one session; see `end_sessions`."""
    return end_sessions([sid], reason=reason, actor=actor, note=note)


@retried_after_deadlock
def end_other_sessions(
    user: Any,
    *,
    keep: str,
    reason: str,
    actor: AbstractBaseUser | None = None,
    note: str = "",
) -> int:
    """End all sessions of ``user`` but the one with the sid ``keep``; return how many that were.

    The user's tokens without a session die as well, those of the current second included.
    """
    using, user_id = write_alias(), primary_key_of(user)
    entry = new_entry(Revocation.Scope.SESSION, reason, actor=actor, note=note, using=using)
    others = unended(TokenSession.objects.using(using)).filter(user=user_id).exclude(sid=keep)
    with transaction.atomic(using=using):
        # First, because it locks the user's state: a login at the same time is either seen below,
        # or waits.
        store.refuse_sidless(user_id, using=using)
        return sum(
            end_each(batch, entry, using=using)
            for batch in batches(list(others.values_list("sid", flat=True)), using=using)
        )


def end_reused_session(token: Token) -> None:
    """End the session of a refresh token that was rotated before: one of the two was stolen.

    Log a warning and send ``refresh_token_reused``, once: not if the session is over already.
    """
    using, sid = write_alias(), token[SID]
    # The token may name its user by another column than the primary key.
    user_ids = list(_owners([sid], using=using))
    if not end_session(sid, reason=Revocation.Reason.REFRESH_REUSE):
        return
    [user_id] = user_ids
    logger.warning("A refresh token of user %s came again; session %s is ended.", user_id, sid)
    send_on_commit(refresh_token_reused, sender=TokenSession, using=using, user_id=user_id, sid=sid)


def end_each(sids: Sequence[str], entry: Revocation, *, using: str) -> int:
    """End these sessions, with a log entry and a signal each; return how many were not over.

    Call it in a transaction.
    """
    moment = timezone.now()
    sessions = TokenSession.objects.using(using).filter(sid__in=sids)
    ended = end(sessions, reason=entry.reason, moment=moment)
    if ended:
        own = sessions.filter(ended_at=moment, reason=entry.reason)
        columns: dict[str, Combinable] = {
            "subject_id": F("user"),
            # A restored database may have a session of a user without a state.
            "version": Coalesce(F("user__token_state__token_version"), Value(0)),
            "identifier": F("sid"),
        }
        write_selected(entry, columns, own, using=using)
        announce_ends(own.values_list("user", "sid"), reason=entry.reason, using=using)
    return ended


def end_all_of(user_ids: Sequence[Any], *, reason: str, using: str) -> None:
    """End all sessions of these users, and tell it once for each who had one.

    Call it in a transaction.
    """
    for batch in batches(user_ids, using=using):
        moment = timezone.now()
        sessions = TokenSession.objects.using(using).filter(user__in=batch)
        if not end(sessions, reason=reason, moment=moment):
            continue
        owners: Iterable[Any] = batch
        if len(batch) > 1:
            own = sessions.filter(ended_at=moment, reason=reason).order_by()
            owners = own.values_list("user", flat=True).distinct()
        announce_ends([(each, None) for each in owners], reason=reason, using=using)


def end(sessions: QuerySet[TokenSession], *, reason: str, moment: datetime) -> int:
    """End those of the sessions that are not ended yet; return how many that were."""
    return unended(sessions).update(ended_at=moment, reason=reason)


def announce_ends(ends: Iterable[tuple[Any, str | None]], *, reason: str, using: str) -> None:
    """Send ``session_ended`` after the commit, for each pair of a user's key and a sid.

    A sid of None stands for all sessions of the user, and two times None for everyone's.
    """
    send_each_on_commit(
        session_ended,
        [{"user_id": user_id, "sid": sid, "reason": reason} for user_id, sid in ends],
        sender=TokenSession,
        using=using,
    )


def _owners(sids: Sequence[str], *, using: str) -> set[Any]:
    sessions = TokenSession.objects.using(using)
    return {
        user_id
        for batch in batches(sids, using=using)
        for user_id in sessions.filter(sid__in=batch).values_list("user", flat=True)
    }


aend_session = sync_to_async(end_session)
aend_sessions = sync_to_async(end_sessions)
aend_other_sessions = sync_to_async(end_other_sessions)
