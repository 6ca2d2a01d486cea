"""Set the site up for a contestant, outside the timed call."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.settings import api_settings

from jwt_invalidation import conf
from jwt_invalidation.strategies.active import active_strategies

VERSION = "jwt_invalidation.strategies.version.VersionStrategy"
# With the version, which is always active, this is the default.
SESSION = "jwt_invalidation.strategies.session.SessionStrategy"
BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"


@contextmanager
def set_up(
    strategy: str = SESSION, simplejwt_settings: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Make one of our strategies active, and change simplejwt's settings, for a while.

    Use it for every contestant, so that its effect on the caches is the same for all.
    """
    wanted = simplejwt_settings or {}
    before = {name: getattr(api_settings, name) for name in wanted}
    _activate(strategy)
    _set_simplejwt(wanted)
    try:
        yield
    finally:
        _set_simplejwt(before)
        _activate(SESSION)


def _activate(strategy: str) -> None:
    # Not override_settings: it empties Django's cache of settings, so that the timed call would
    # look up DEBUG, AUTH_USER_MODEL and others again, with simplejwt as well as with ours.
    settings.JWT_INVALIDATION = {"STRATEGIES": [strategy]}
    conf.forget_settings(setting="JWT_INVALIDATION")
    # This also fills our cache of settings, which a worker of a real site fills only once.
    names = {type(each).__name__ for each in active_strategies()}
    assert names == {"VersionStrategy", strategy.rpartition(".")[2]}


def _set_simplejwt(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(api_settings, name, value)
