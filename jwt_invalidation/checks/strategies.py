"""What the active strategies need: an app, a claim, short lifetimes, or the database."""

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
from .classes import dotted
from .database import separated_from_users
from .reachable import ReachableView, default_authentication_classes, reachable_views
from .settings import check_settings
from .subjects import DEFAULT_AUTHENTICATION, STRATEGIES, Setting, simplejwt_setting

RECOMMENDED = timedelta(minutes=5)
# The setting of the lifetime, by token type.
LIFETIMES = {
    "access": simplejwt_setting("ACCESS_TOKEN_LIFETIME"),
    "sliding": simplejwt_setting("SLIDING_TOKEN_LIFETIME"),
}


def check_strategies(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse strategies on a site that lacks what they need."""
    # `check_settings` reports impossible settings. They must not reach conf.
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
            checks.Error(
                f"Requests are authenticated by {dotted(cls)}, which would answer 500.",
                hint=str(error),
                obj=subject,
                id="jwt_invalidation.E018",
            )
            for subject, cls in _stateless_classes()
        ]
    return messages


def _needs_of_the_blacklist() -> Iterator[checks.CheckMessage]:
    if blacklist_is_installed():
        yield from separated_from_users(OutstandingToken, BlacklistedToken)
    else:
        yield checks.Error(
            f"BlacklistStrategy is active, but {APP} is not installed.",
            hint=f'Add "{APP}" to INSTALLED_APPS, by this name, and run `manage.py migrate`.',
            obj=STRATEGIES,
            id="jwt_invalidation.E019",
        )
    if not conf.simplejwt.JTI_CLAIM:
        yield checks.Error(
            "The claim is switched off, but BlacklistStrategy is active and lists tokens by it.",
            hint='Remove "JTI_CLAIM" from SIMPLE_JWT.',
            obj=simplejwt_setting("JTI_CLAIM"),
            id="jwt_invalidation.E021",
        )


def _needs_of_the_expiry() -> Iterator[checks.CheckMessage]:
    for token_class in conf.simplejwt.AUTH_TOKEN_CLASSES:
        # A class without a lifetime leaves it to the code that makes the token.
        lifetime = token_class.lifetime or timedelta(0)
        subject = LIFETIMES.get(token_class.token_type, f"{dotted(token_class)}.lifetime")
        if lifetime > LONGEST:
            yield checks.Error(
                f"The lifetime is {lifetime}, but ExpiryStrategy refuses tokens that live longer"
                f" than {LONGEST}.",
                hint=f"Set {subject} to timedelta(minutes=5).",
                obj=subject,
                id="jwt_invalidation.E020",
            )
        elif lifetime > RECOMMENDED:
            yield checks.Info(
                f"The lifetime is {lifetime}: with ExpiryStrategy a revoked token can be used until"
                " it expires.",
                hint=f"Set {subject} to timedelta(minutes=5), which is recommended.",
                obj=subject,
                id="jwt_invalidation.I002",
            )


def _stateless_classes() -> Iterator[tuple[Setting | ReachableView, type]]:
    """Yield each stateless authentication class, after the setting or the view that names it."""
    declared: list[tuple[Setting | ReachableView, list[type]]] = [
        (DEFAULT_AUTHENTICATION, default_authentication_classes()),
        *(
            (view, view.authentication_classes)
            for view in reachable_views()
            if not view.has_default_authentication
        ),
    ]
    for subject, classes in declared:
        for each in classes:
            if issubclass(each, JWTStatelessUserAuthentication):
                yield subject, each
