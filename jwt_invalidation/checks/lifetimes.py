"""Lifetimes of sessions that contradict those of tokens: users would be logged out for nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core import checks

from ..conf import conf
from ..strategies.active import sessions_are_on
from .settings import check_settings
from .subjects import Setting

# A client refreshes when its access token expires, and its clock and its network may be slow.
MARGIN = timedelta(minutes=1)

IDLE = Setting("JWT_INVALIDATION", "SESSION_IDLE_LIFETIME")
ABSOLUTE = Setting("JWT_INVALIDATION", "SESSION_LIFETIME")


def check_session_lifetimes(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of sessions that end while their user is at work, or before their refresh token."""
    # Impossible settings are reported elsewhere. They must not reach conf.
    if check_settings() or not sessions_are_on():
        return []
    return [*_idle(), *_absolute()]


def _idle() -> Iterator[checks.CheckMessage]:
    idle, access = conf.SESSION_IDLE_LIFETIME, conf.simplejwt.ACCESS_TOKEN_LIFETIME
    shortest = access + MARGIN
    if idle is not None and idle <= shortest:
        yield checks.Warning(
            f"A session ends after {idle} without a refresh, but a client refreshes only when its access"
            f" token expires, after {access}: users who are at work are logged out.",
            hint=(
                f"Set {IDLE} to more than {shortest}, or shorten"
                ' SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"].'
            ),
            obj=IDLE,
            id="jwt_invalidation.W007",
        )


def _absolute() -> Iterator[checks.CheckMessage]:
    absolute, refresh = conf.SESSION_LIFETIME, conf.simplejwt.REFRESH_TOKEN_LIFETIME
    if absolute < refresh:
        yield checks.Warning(
            f"A session ends after {absolute}, and its refresh tokens with it, although they are set to"
            f" live for {refresh}.",
            hint=f'Set {ABSOLUTE} to at least SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"], or shorten that.',
            obj=ABSOLUTE,
            id="jwt_invalidation.W008",
        )
