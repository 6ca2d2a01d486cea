"""Which strategies are in force."""

from functools import lru_cache

from django.utils.module_loading import import_string

from ..conf import conf
from .base import Strategy
from .version import VersionStrategy


def strategies_in_force() -> tuple[Strategy, ...]:
    """Return the strategies of the settings; the version always is one, and the first."""
    return _load(tuple(conf.STRATEGIES))


@lru_cache(maxsize=32)
def _load(paths: tuple[str, ...]) -> tuple[Strategy, ...]:
    strategies: list[Strategy] = [import_string(path)() for path in paths]
    if not any(isinstance(strategy, VersionStrategy) for strategy in strategies):
        strategies.insert(0, VersionStrategy())
    return tuple(strategies)
