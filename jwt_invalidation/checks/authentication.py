"""Authentication classes without the gate: they accept revoked tokens."""

from typing import Any

from django.core import checks
from rest_framework_simplejwt.authentication import JWTAuthentication

from ..authentication import GatedAuthenticationMixin
from .classes import dotted, passes
from .reachable import default_authentication_classes, reachable_views
from .replacements import REPLACEMENTS
from .subjects import DEFAULT_AUTHENTICATION

OF_OTHERS = "If another package defines the view, route a child of it with authentication_classes of its own."


def check_default_authentication(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse classes without the gate among the defaults of DRF."""
    return [
        checks.Error(
            f"The setting names {dotted(each)}, which accepts revoked tokens.",
            hint=f"{_advise(each)} The setting takes the dotted path.",
            obj=DEFAULT_AUTHENTICATION,
            id="jwt_invalidation.E005",
        )
        for each in _ungated(default_authentication_classes())
    ]


def check_reachable_authentication(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse classes without the gate on any view that a request can reach."""
    messages: list[checks.CheckMessage] = []
    for view in reachable_views():
        # DRF's defaults are reported once, as a setting.
        if view.has_default_authentication:
            continue
        found = _ungated(view.authentication_classes)
        if found:
            names = " and ".join(dotted(each) for each in found)
            messages.append(
                checks.Error(
                    f"The view accepts revoked tokens: it authenticates by {names}.",
                    hint=" ".join([*(_advise(each) for each in found), OF_OTHERS]),
                    obj=view,
                    id="jwt_invalidation.E006",
                )
            )
    return messages


def _ungated(declared: list[type]) -> list[type]:
    return [
        each
        for each in declared
        if issubclass(each, JWTAuthentication)
        and not passes(each, GatedAuthenticationMixin, "get_user")
    ]


def _advise(cls: type) -> str:
    if cls in REPLACEMENTS:
        return f"Name {dotted(REPLACEMENTS[cls])} instead."
    name, mixin = cls.__name__, GatedAuthenticationMixin
    if issubclass(cls, mixin):
        # Python cannot put the gate first in a child of a class that has it last.
        return f"Name {mixin.__name__}, from {mixin.__module__}, first among the bases of {name}."
    return (
        f"Name a child of it instead in which the gate comes first, with {mixin.__name__} from"
        f" {mixin.__module__}: class Gated{name}({mixin.__name__}, {name}): pass"
    )
