"""simplejwt's authentication classes where the gate should stand: revoked tokens would pass."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core import checks
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework_simplejwt import authentication as simplejwt

from ..authentication import GatedAuthenticationMixin, JWTAuthentication
from .classes import dotted, passes
from .reachable import Entrance, entrances


def check_default_authentication(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse classes without the gate among the defaults of DRF."""
    return [
        checks.Error(
            f'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] names {dotted(each)}, which accepts'
            " revoked tokens.",
            hint=_advice(each),
            id="jwt_invalidation.E005",
        )
        for each in _ungated(default_classes())
    ]


def check_reachable_authentication(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse classes without the gate on any view that a request can reach."""
    messages: list[checks.CheckMessage] = []
    for entrance, declared in own_classes():
        found = _ungated(declared)
        if found:
            names = " and ".join(dotted(each) for each in found)
            messages.append(
                checks.Error(
                    f"{entrance}, which accepts revoked tokens: it authenticates by {names}.",
                    hint=" ".join(_advice(each) for each in found),
                    id="jwt_invalidation.E006",
                )
            )
    return messages


def default_classes() -> list[type]:
    """Return the authentication classes that DRF's settings name."""
    try:
        return _classes(api_settings.DEFAULT_AUTHENTICATION_CLASSES)
    except ImportError:
        # No view of DRF's can be imported then, which says more than we could.
        return []


def own_classes() -> Iterator[tuple[Entrance, list[type]]]:
    """Yield the views that a request can reach, with the classes that are not DRF's defaults."""
    for entrance in entrances():
        declared = entrance.attribute("authentication_classes")
        # What a view has from DRF's defaults is told once, where it is declared.
        if declared is not APIView.authentication_classes:
            yield entrance, _classes(declared)


def _classes(declared: Any) -> list[type]:
    found = declared if isinstance(declared, Iterable) else ()
    return [each for each in found if isinstance(each, type)]


def _ungated(declared: list[type]) -> list[type]:
    return [
        each
        for each in declared
        if issubclass(each, simplejwt.JWTAuthentication)
        and not passes(each, GatedAuthenticationMixin, "get_user")
    ]


def _advice(cls: type) -> str:
    if cls.__module__ == simplejwt.__name__:
        return f"Name {dotted(JWTAuthentication)} instead."
    name = cls.__name__
    return (
        f"Name a child of it instead in which the gate comes first:"
        f" class Gated{name}({GatedAuthenticationMixin.__name__}, {name}), with"
        f" {GatedAuthenticationMixin.__name__} from {GatedAuthenticationMixin.__module__}."
    )
