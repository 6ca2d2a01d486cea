"""simplejwt's views where ours should be: they refresh and verify revoked tokens."""

from typing import Any

from django.core import checks

from .classes import dotted
from .reachable import reachable_views
from .replacements import REPLACEMENTS, replacements_of


def check_reachable_views(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse token views without the gate that a request can reach."""
    return [
        checks.Error(
            "The view does not check whether a token was revoked.",
            hint=_advise(view.view_class),
            obj=view,
            id="jwt_invalidation.E007",
        )
        for view in reachable_views()
        if view.is_token_view and not view.is_gated_token_view
    ]


def _advise(view_class: type) -> str:
    ours = replacements_of(view_class)[0]
    if view_class in REPLACEMENTS:
        return (
            f'Use {dotted(ours)} instead, or path("api/token/", include("jwt_invalidation.urls")).'
        )
    return f"Let {view_class.__name__} inherit from {dotted(ours)}, named before its other bases."
