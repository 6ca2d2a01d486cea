"""Which strategies are active, and what follows from that."""

from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ..conf import EXPIRY_STRATEGY, conf
from .base import Strategy
from .session import SessionStrategy
from .version import VersionStrategy


def active_strategies() -> tuple[Strategy, ...]:
    """Return the strategies of the settings. The version is always one of them; unlisted, the first."""
    return _active(tuple(conf.STRATEGIES))


def sessions_are_on() -> bool:
    """Does each login start a session, and is each token checked against it?"""
    return any(isinstance(each, SessionStrategy) for each in active_strategies())


def single_tokens_can_be_revoked() -> bool:
    """Is each token checked by its id?"""
    return sessions_are_on() and conf.simplejwt.JTI_CLAIM is not None


def rotation_is_handled() -> bool:
    """Does a strategy refuse the predecessors of a rotated token, so that simplejwt must not?"""
    return any(each.handles_rotation for each in active_strategies())


def simplejwt_maintains_outstanding_tokens() -> bool:
    """Is it simplejwt that records outstanding tokens, if its app is installed?"""
    return not any(each.maintains_outstanding_tokens for each in active_strategies())


def strategies_are_stateless() -> bool:
    """Can each strategy that is listed do without the database?"""
    listed = _load(tuple(conf.STRATEGIES))
    return bool(listed) and all(each.is_stateless for each in listed)


def require_stateless_strategies() -> None:
    """Raise ``ImproperlyConfigured`` unless each strategy that is listed can do without the database."""
    if strategies_are_stateless():
        return
    # Of what is listed: the version, which is always active, is asked at every refresh.
    listed = _load(tuple(conf.STRATEGIES))
    names = [type(each).__name__ for each in listed if not each.is_stateless]
    reason = f"lists {', '.join(names)}, to be asked on each request" if names else "lists nothing"
    raise ImproperlyConfigured(
        "JWTStatelessUserAuthentication asks no database, but"
        f' JWT_INVALIDATION["STRATEGIES"] {reason}.'
        f' List "{EXPIRY_STRATEGY}" alone, or authenticate by JWTAuthentication.'
    )


@lru_cache(maxsize=32)
def _active(paths: tuple[str, ...]) -> tuple[Strategy, ...]:
    listed = _load(paths)
    if any(isinstance(each, VersionStrategy) for each in listed):
        return listed
    return (VersionStrategy(), *listed)


# Not forgotten with the settings: the gate's statements are compiled for these very instances.
@lru_cache(maxsize=32)
def _load(paths: tuple[str, ...]) -> tuple[Strategy, ...]:
    return tuple(import_string(path)() for path in paths)
