"""How long the tokens live that the site makes and takes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rest_framework_simplejwt.tokens import SlidingToken, Token

from ..checks.classes import load_class
from ..checks.reachable import entrances
from ..conf import conf
from .durations import ENDLESS, NOTHING

#: simplejwt's settings of what makes tokens at a login and a refresh.
SERIALIZERS = ("TOKEN_OBTAIN_SERIALIZER", "TOKEN_REFRESH_SERIALIZER")


def lifetimes_by_type() -> dict[str, timedelta]:
    """Return how long a token of each type lives; the longest, where classes share a type."""
    found: dict[str, timedelta] = {}
    for token_class in _token_classes():
        name = str(token_class.token_type)
        found[name] = max(found.get(name, NOTHING), _lifetime_of(token_class))
        if issubclass(token_class, SlidingToken):
            found[f"{name}_refresh"] = conf.simplejwt.SLIDING_TOKEN_REFRESH_LIFETIME
    return found


def longest_use() -> timedelta:
    """Return for how long a request can be made with one and the same token."""
    classes = conf.simplejwt.AUTH_TOKEN_CLASSES
    return max((_lifetime_of(each) for each in classes), default=NOTHING)


def _token_classes() -> Iterator[type[Token]]:
    yield from conf.simplejwt.AUTH_TOKEN_CLASSES
    for serializer in _serializers():
        token_class = getattr(serializer, "token_class", None)
        if isinstance(token_class, type) and issubclass(token_class, Token):
            yield token_class
            if hasattr(token_class, "access_token_class"):
                yield token_class.access_token_class


def _serializers() -> Iterator[Any]:
    for name in SERIALIZERS:
        try:
            yield load_class(getattr(conf.simplejwt, name))
        except ImportError:
            # A system check tells; no view makes tokens by it.
            continue
    for entrance in entrances():
        yield entrance.attribute("serializer_class")


def _lifetime_of(token_class: type[Token]) -> timedelta:
    """Return the lifetime; no end for a class that leaves it to whoever made the token.

    ``UntypedToken`` is one: its lifetime is zero.
    """
    return token_class.lifetime or ENDLESS
