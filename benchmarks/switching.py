"""Set the site up as a contestant wants it, outside of what is timed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.settings import api_settings

from jwt_invalidation import conf
from jwt_invalidation.strategies.active import active_strategies

VERSION = "jwt_invalidation.strategies.version.VersionStrategy"
# Beside the version, which always is: the default.
SESSION = "jwt_invalidation.strategies.session.SessionStrategy"
BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"


@contextmanager
def set_up(
    strategy: str = SESSION, simplejwt_settings: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Have one of our strategies in force, and simplejwt's settings changed, for a while.

    To be used for every contestant alike: what it leaves in the caches is the same for all.
    """
    wanted = simplejwt_settings or {}
    before = {name: getattr(api_settings, name) for name in wanted}
    _put_in_force(strategy)
    _set_simplejwt(wanted)
    try:
        yield
    finally:
        _set_simplejwt(before)
        _put_in_force(SESSION)


def _put_in_force(strategy: str) -> None:
    # Not override_settings: it makes Django forget every setting that was looked up, and the timed
    # call would look up DEBUG, AUTH_USER_MODEL and others again, simplejwt's as well as ours.
    settings.JWT_INVALIDATION = {"STRATEGIES": [strategy]}
    conf.forget_settings(setting="JWT_INVALIDATION")
    # On a site, these are read once in the life of a worker: not by a call that is timed.
    for read in conf._kept:
        read()
    names = {type(each).__name__ for each in active_strategies()}
    assert names == {"VersionStrategy", strategy.rpartition(".")[2]}


def _set_simplejwt(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(api_settings, name, value)
