"""How long tokens live, and how long after its revocation one may still be accepted."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from rest_framework_simplejwt.tokens import SlidingToken, Token

from ..checks.classes import load_class
from ..checks.reachable import reachable_views
from ..conf import conf
from ..humanize import ENDLESS
from ..strategies.active import active_strategies
from ..strategies.expiry import LONGEST, ExpiryStrategy
from .views import FAULTS, UNGUARDED_AUTHENTICATION, Views

NOTHING = timedelta(0)


def lifetimes_by_type() -> dict[str, timedelta]:
    """Return how long a token of each type lives; the longest where classes share a type."""
    found: dict[str, timedelta] = {}
    for token_class in _token_classes():
        name = str(token_class.token_type)
        found[name] = max(found.get(name, NOTHING), _lifetime_of(token_class))
        if issubclass(token_class, SlidingToken):
            found[f"{name}_refresh"] = conf.simplejwt.SLIDING_TOKEN_REFRESH_LIFETIME
    return found


def estimate_delays(views: Views) -> dict[str, timedelta]:
    """Return the longest time from a revocation to the refusal, by kind of view; zero for none."""
    ids = {each.id for each in views.findings}
    classes = conf.simplejwt.AUTH_TOKEN_CLASSES
    use = max((_lifetime_of(each) for each in classes), default=NOTHING)
    has_expiry = any(isinstance(each, ExpiryStrategy) for each in active_strategies())
    # With rotation, each refresh makes another refresh token of the revoked one.
    rotates = conf.simplejwt.ROTATE_REFRESH_TOKENS
    renewal = ENDLESS if rotates else max(lifetimes_by_type().values(), default=NOTHING)
    delays = {
        "stateless": (min(use, LONGEST) if has_expiry else use) if views.stateless else NOTHING,
        "unguarded_authentication": use if ids & UNGUARDED_AUTHENTICATION else NOTHING,
        "unguarded_views_of_tokens": (
            renewal if ids - FAULTS - UNGUARDED_AUTHENTICATION else NOTHING
        ),
    }
    delays = {kind: _with_leeway(delay) for kind, delay in delays.items()}
    return {"worst_case": max(delays.values()), **delays}


def _token_classes() -> Iterator[type[Token]]:
    """Yield the classes that authenticate requests, and those that serializers make."""
    yield from conf.simplejwt.AUTH_TOKEN_CLASSES
    serializers: list[Any] = []
    for key in ("TOKEN_OBTAIN_SERIALIZER", "TOKEN_REFRESH_SERIALIZER"):
        # A system check reports a serializer that cannot be imported.
        with suppress(ImportError):
            serializers.append(load_class(getattr(conf.simplejwt, key)))
    serializers += [view.serializer_class for view in reachable_views()]
    for serializer in serializers:
        token_class = getattr(serializer, "token_class", None)
        for each in (token_class, getattr(token_class, "access_token_class", None)):
            if isinstance(each, type) and issubclass(each, Token):
                yield each


def _lifetime_of(token_class: type[Token]) -> timedelta:
    # A class without a lifetime leaves it to the code that makes the token.
    return token_class.lifetime or ENDLESS


def _with_leeway(delay: timedelta) -> timedelta:
    return delay if delay in (NOTHING, ENDLESS) else delay + conf.leeway
