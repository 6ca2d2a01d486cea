"""simplejwt's views where ours should be: they refresh and verify revoked tokens."""

from typing import Any

from django.core import checks

from ..views import GatedTokenView
from .classes import dotted
from .reachable import ReachableView, reachable_views
from .replacements import REPLACEMENTS, VIEWS, replacements_of


def check_reachable_views(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse token views without the gate that a request can reach."""
    return [
        checks.Error(
            "The view does not check whether a token was revoked.",
            hint=_advise(view),
            obj=view,
            id="jwt_invalidation.E007",
        )
        for view in reachable_views()
        if view.is_token_view and not view.is_gated_token_view
    ]


def _advise(view: ReachableView) -> str:
    ours, name = _replacement_of(view), view.view_class.__name__
    if view.view_class in REPLACEMENTS:
        return (
            f'Use {dotted(ours)} instead, or path("api/token/", include("jwt_invalidation.urls")).'
        )
    advice = f"Let {name} inherit from {dotted(ours)}, named before its other bases."
    if ours is GatedTokenView:
        advice += " Give it serializer_setting and guarded_serializer, as its children have them."
    if issubclass(view.view_class, GatedTokenView):
        return advice
    return (
        f"{advice} If another package defines it, route a child instead, with {ours.__name__} from"
        f" {dotted(ours).rpartition('.')[0]}: class Gated{name}({ours.__name__}, {name}): pass"
    )


def _replacement_of(view: ReachableView) -> type:
    """Return our view in place of this one, by its serializer if nothing else tells which."""
    ours = replacements_of(view.view_class)[0]
    serializers = replacements_of(view.serializer_class) if view.serializer_class else []
    if ours is GatedTokenView:
        by_serializer = (each for each in VIEWS.values() if each.guarded_serializer in serializers)
        return next(by_serializer, GatedTokenView)
    return ours
