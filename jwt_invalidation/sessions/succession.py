"""Give tokens what their session asks of them, before it is written: ids, times, the end."""

from __future__ import annotations

from datetime import timedelta
import hmac
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from ..claims import SID
from ..conf import conf
from .known import KnownSession, admitted_at, recall, remember

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

SALT = "jwt_invalidation.successor"


def jti_of(token: Token) -> str:
    """Return the id of a token as our columns hold it: empty if simplejwt is set to write none."""
    claim = conf.simplejwt.JTI_CLAIM
    return "" if claim is None else str(token[claim])


def begin(token: Token) -> None:
    """Give a new refresh token the id of a session that is yet to be started."""
    token.payload[SID] = secrets.token_hex(16)
    end = absolute_end_of(token)
    token.payload["exp"] = min(token.payload["exp"], end)
    remember(token, KnownSession(jti_of(token), "", token["iat"], token["exp"], None, end))


def absolute_end_of(token: Token) -> int:
    """Return when a session ends at the latest that starts with ``token``."""
    return int(token["iat"] + conf.SESSION_LIFETIME.total_seconds())


def name_successor(successor: Token, predecessor: Token, *, using: str) -> None:
    """Give the successor of a refresh token its id and its times.

    The id follows from the predecessor's, so that two refreshes at once name the same successor,
    whoever of them writes it. If it has been written already, its times are repeated as well.
    """
    known = recall(predecessor, using=using)
    if known is None:
        # No such session. Whoever writes the rotation finds out.
        return
    claims = successor.payload
    if _is_repeated(predecessor, known):
        claims[conf.simplejwt.JTI_CLAIM] = known.current_jti
        claims["iat"], claims["exp"] = known.refresh_iat, known.refresh_exp
    else:
        if conf.simplejwt.JTI_CLAIM is not None:
            claims[conf.simplejwt.JTI_CLAIM] = _derived(predecessor)
        if known.refresh_lifetime is not None:
            claims["exp"] = claims["iat"] + known.refresh_lifetime
        claims["exp"] = min(claims["exp"], known.absolute_exp)
    remember(
        successor,
        known._replace(
            previous_jti=jti_of(predecessor),
            current_jti=jti_of(successor),
            refresh_iat=claims["iat"],
            refresh_exp=claims["exp"],
        ),
    )


def lifetime_of(token: Token, *, using: str) -> timedelta | None:
    """Return how long the tokens of a session live if its login asked for that; None: as usual."""
    known = recall(token, using=using)
    seconds = None if known is None else known.refresh_lifetime
    return None if seconds is None else timedelta(seconds=seconds)


def keep_end(token: Token, *, using: str) -> None:
    """Let a token expire no later than its session ends."""
    known = recall(token, using=using)
    if known is not None:
        token.payload["exp"] = min(token.payload["exp"], known.absolute_exp)


def date_back(child: Token, parent: Token) -> None:
    """Set the ``iat`` of a child to the moment at which its parent, without a session, was admitted.

    What ends such tokens in between ends the child as well, then. The database's clock gives both times.
    """
    moment = admitted_at(parent)
    if moment is not None:
        child.payload["iat"] = min(child.payload["iat"], moment)


def _is_repeated(predecessor: Token, known: KnownSession) -> bool:
    jti = jti_of(predecessor)
    return bool(jti) and jti == known.previous_jti and jti != known.current_jti


def _derived(predecessor: Token) -> str:
    key = salted_hmac(SALT, "key", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    message = f"{predecessor.payload[SID]} {jti_of(predecessor)}"
    return hmac.digest(key, message.encode(), "sha256").hex()[:32]
