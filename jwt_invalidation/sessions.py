"""The verbs that end one session, a user's others, or a single token."""

from collections.abc import Sequence
import logging
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Coalesce
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import datetime_from_epoch

from .audit import new_entry, write_selected
from .claims import SID
from .conf import conf
from .db.batches import batches
from .models import TokenSession
from .revocation import Reason, Scope
from .session_store import end_each, jti_of
from .signals import refresh_token_reused
from .state import store
from .state.locks import lock_users
from .strategies.force import strategies_in_force
from .strategies.session import SessionStrategy
from .users import primary_key_of, user_model, write_alias

logger = logging.getLogger("jwt_invalidation")


def end_sessions(
    sids: Sequence[str],
    *,
    reason: str,
    actor: AbstractBaseUser | None = None,
    note: str = "",
) -> int:
    """End these sessions, with all their tokens; return how many were not over already.

    Raise ``ValueError`` for an unknown reason, ``TypeError`` for one sid that is no list of them.
    """
    if isinstance(sids, str):
        raise TypeError("Expected a list of sids, got a string: see `end_session`.")
    using = write_alias()
    line = new_entry(Scope.SESSION, reason, actor=actor, note=note, using=using)
    owners = sorted(_owners(sids, using=using)) if len(sids) > 1 else []
    with transaction.atomic(using=using):
        # First, as whoever else ends several sessions at once does: so nobody waits in a circle.
        for batch in batches(owners, using=using):
            lock_users(batch, using=using)
        return sum(end_each(batch, line, using=using) for batch in batches(sids, using=using))


def end_session(
    sid: str, *, reason: str, actor: AbstractBaseUser | None = None, note: str = ""
) -> int:
    """End one session; see `end_sessions`."""
    return end_sessions([sid], reason=reason, actor=actor, note=note)


def end_other_sessions(
    user: Any,
    *,
    keep: str,
    reason: str,
    actor: AbstractBaseUser | None = None,
    note: str = "",
) -> int:
    """End all sessions of ``user`` but the one with the sid ``keep``; return how many that were.

    Tokens that have no session die as well, those of the present second included.
    """
    using, user_id = write_alias(), primary_key_of(user)
    line = new_entry(Scope.SESSION, reason, actor=actor, note=note, using=using)
    others = TokenSession.objects.using(using).filter(user=user_id, ended=None).exclude(sid=keep)
    with transaction.atomic(using=using):
        # First, and so locked: a login that comes meanwhile is either seen below, or waits.
        store.refuse_sidless(user_id, using=using)
        return sum(
            end_each(batch, line, using=using)
            for batch in batches(list(others.values_list("sid", flat=True)), using=using)
        )


def revoke_token(
    token: Token, *, reason: str, actor: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """Kill one verified token, by its jti, for the rest of its life.

    Raise ``ImproperlyConfigured`` without `SessionStrategy`, which is what looks it up, and where
    simplejwt is set to give tokens no id.
    """
    if conf.simplejwt.JTI_CLAIM is None:
        raise ImproperlyConfigured('Set SIMPLE_JWT["JTI_CLAIM"] to revoke single tokens.')
    if not any(isinstance(each, SessionStrategy) for each in strategies_in_force()):
        raise ImproperlyConfigured(
            'Add SessionStrategy to JWT_INVALIDATION["STRATEGIES"] to revoke single tokens.'
        )
    using = write_alias()
    line = new_entry(Scope.TOKEN, reason, actor=actor, note=note, using=using)
    leeway = token.get_token_backend().get_leeway()
    line.expires = datetime_from_epoch(token["exp"]) + leeway
    line.identifier = jti_of(token)
    users = {conf.simplejwt.USER_ID_FIELD: token[conf.simplejwt.USER_ID_CLAIM]}
    # A token from before this app was installed may be of a user who has no state yet.
    never = Value(0, output_field=BigIntegerField())
    write_selected(
        line,
        {"subject": F("pk"), "version": Coalesce(F("token_state__token_version"), never)},
        user_model()._base_manager.filter(**users),
        using=using,
    )


def end_reused_session(token: Token) -> None:
    """End the session of a refresh token that was rotated before: somebody has stolen one of them."""
    sid = token[SID]
    if not end_session(sid, reason=Reason.REFRESH_REUSE):
        return
    user_id = token[conf.simplejwt.USER_ID_CLAIM]
    logger.warning("A refresh token of user %s came again; session %s is ended.", user_id, sid)
    refresh_token_reused.send_robust(sender=TokenSession, user_id=user_id, sid=sid)


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
arevoke_token = sync_to_async(revoke_token)
