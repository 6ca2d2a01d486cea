"""Which strategies are in force."""

from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ..conf import EXPIRY_STRATEGY, conf, kept
from .base import Strategy
from .version import VersionStrategy


@kept
def strategies_in_force() -> tuple[Strategy, ...]:
    """Return the strategies of the settings; the version always is one, and the first."""
    listed = _load(tuple(conf.STRATEGIES))
    if any(isinstance(strategy, VersionStrategy) for strategy in listed):
        return listed
    return (_version, *listed)


@kept
def simplejwt_keeps_list() -> bool:
    """Is it simplejwt that records outstanding tokens, if its app is installed?"""
    return not any(strategy.keeps_list for strategy in strategies_in_force())


def require_stateless_strategies() -> None:
    """Raise ``ImproperlyConfigured`` unless each strategy listed can do without the database."""
    problem = statelessness_problem()
    if problem:
        raise ImproperlyConfigured(problem)


@kept
def statelessness_problem() -> str:
    """Return what keeps a view from asking no database, in words; nothing, if nothing does."""
    # Of what is listed: the version, always in force, is asked at every refresh.
    listed = _load(tuple(conf.STRATEGIES))
    names = [type(each).__name__ for each in listed if not each.is_stateless]
    if listed and not names:
        return ""
    reason = f"lists {', '.join(names)}, to be asked on each request" if names else "lists nothing"
    return (
        "JWTStatelessUserAuthentication asks no database, but"
        f' JWT_INVALIDATION["STRATEGIES"] {reason}.'
        f' List "{EXPIRY_STRATEGY}" alone, or authenticate by JWTAuthentication.'
    )


# Kept whatever the settings: the gate's statements are compiled for these very instances.
@lru_cache(maxsize=32)
def _load(paths: tuple[str, ...]) -> tuple[Strategy, ...]:
    return tuple(import_string(path)() for path in paths)


_version = VersionStrategy()
