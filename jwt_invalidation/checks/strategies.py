"""What the strategies in force need of the site: an app, short lifetimes, or the database."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from ..authentication import JWTStatelessUserAuthentication
from ..conf import conf
from ..strategies.active import active_strategies, require_stateless_strategies
from ..strategies.blacklist import BlacklistStrategy
from ..strategies.expiry import LONGEST, ExpiryStrategy
from ..token_blacklist import APP, blacklist_is_installed
from .authentication import default_classes, own_classes
from .classes import dotted
from .database import parted_from_users
from .settings import check_settings

RECOMMENDED = timedelta(minutes=5)
# Of the token types that can be used, where their lifetime is set.
LIFETIMES = {
    "access": 'SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]',
    "sliding": 'SIMPLE_JWT["SLIDING_TOKEN_LIFETIME"]',
}


def check_strategies(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse strategies on a site that has not what they need."""
    # Impossible settings are told elsewhere, and conf would stumble over them.
    if check_settings():
        return []
    messages: list[checks.CheckMessage] = []
    for strategy in active_strategies():
        if isinstance(strategy, BlacklistStrategy):
            messages += _needs_of_the_blacklist()
        if isinstance(strategy, ExpiryStrategy):
            messages += _needs_of_the_expiry()
    try:
        require_stateless_strategies()
    except ImproperlyConfigured as error:
        messages += [
            checks.Error(f"{place}.", hint=str(error), id="jwt_invalidation.E018")
            for place in _stateless_places()
        ]
    return messages


def _needs_of_the_blacklist() -> Iterator[checks.CheckMessage]:
    if blacklist_is_installed():
        yield from parted_from_users(OutstandingToken, BlacklistedToken)
    else:
        yield checks.Error(
            f"BlacklistStrategy is in force, but {APP} is not installed.",
            hint=f'Add "{APP}" to INSTALLED_APPS, by this name, and run `manage.py migrate`.',
            id="jwt_invalidation.E019",
        )
    if not conf.simplejwt.JTI_CLAIM:
        yield checks.Error(
            'BlacklistStrategy is in force, but SIMPLE_JWT["JTI_CLAIM"] is off: tokens are listed by it.',
            hint='Remove "JTI_CLAIM" from SIMPLE_JWT.',
            id="jwt_invalidation.E021",
        )


def _needs_of_the_expiry() -> Iterator[checks.CheckMessage]:
    for token_class in conf.simplejwt.AUTH_TOKEN_CLASSES:
        # A class without one leaves it to whoever makes the token.
        lifetime = token_class.lifetime or timedelta(0)
        setting = LIFETIMES.get(token_class.token_type, f"the lifetime of {dotted(token_class)}")
        if lifetime > LONGEST:
            yield checks.Error(
                f"ExpiryStrategy refuses tokens that live longer than {LONGEST}, but {setting} is"
                f" {lifetime}.",
                hint=f"Set {setting} to timedelta(minutes=5).",
                id="jwt_invalidation.E020",
            )
        elif lifetime > RECOMMENDED:
            yield checks.Info(
                f"With ExpiryStrategy a revoked token may be used as long as {setting}, {lifetime},"
                " lets it live.",
                hint=f"{RECOMMENDED} is recommended.",
                id="jwt_invalidation.I002",
            )


def _stateless_places() -> Iterator[str]:
    declared: list[tuple[object, list[type]]] = [
        ('REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]', default_classes()),
        *own_classes(),
    ]
    for place, classes in declared:
        for each in classes:
            if issubclass(each, JWTStatelessUserAuthentication):
                yield f"{place}: authentication by {dotted(each)}, which would answer 500"
