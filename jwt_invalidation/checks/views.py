"""simplejwt's views of tokens where ours should be: revoked tokens would be refreshed."""

from typing import Any

from django.core import checks
from rest_framework_simplejwt import views as simplejwt

from .. import views
from .classes import dotted, passes
from .reachable import entrances

OURS: dict[type, type] = {
    simplejwt.TokenObtainPairView: views.TokenObtainPairView,
    simplejwt.TokenRefreshView: views.TokenRefreshView,
    simplejwt.TokenVerifyView: views.TokenVerifyView,
    simplejwt.TokenBlacklistView: views.TokenBlacklistView,
    simplejwt.TokenObtainSlidingView: views.TokenObtainSlidingView,
    simplejwt.TokenRefreshSlidingView: views.TokenRefreshSlidingView,
    simplejwt.TokenViewBase: views.GatedTokenView,
}


def check_reachable_views(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse views of tokens without the gate that a request can reach."""
    return [
        checks.Error(
            f"{entrance}, which does not ask whether a token was revoked.",
            hint=_advice(entrance.view),
            id="jwt_invalidation.E007",
        )
        for entrance in entrances()
        if issubclass(entrance.view, simplejwt.TokenViewBase)
        and not passes(entrance.view, views.GatedTokenView, "get_serializer_class")
    ]


def _advice(view: type) -> str:
    replacement = next(OURS[each] for each in view.__mro__ if each in OURS)
    if view in OURS:
        return (
            f"Use {dotted(replacement)} instead, or"
            ' path("api/token/", include("jwt_invalidation.urls")).'
        )
    return f"Let {view.__name__} inherit from {dotted(replacement)}, named before its other bases."
