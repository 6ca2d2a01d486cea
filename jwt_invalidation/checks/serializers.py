"""The serializers that settings and views name: whether the gate stands in them."""

from collections.abc import Iterator
from typing import Any

from django.core import checks
from rest_framework_simplejwt import serializers as simplejwt
from rest_framework_simplejwt import settings as simplejwt_settings
from rest_framework_simplejwt.views import TokenViewBase

from .. import serializers, views
from ..conf import conf
from .classes import dotted, load_class, passes
from .reachable import Entrance, entrances

OURS: dict[type, type] = {
    simplejwt.TokenObtainPairSerializer: serializers.TokenObtainPairSerializer,
    simplejwt.TokenObtainSlidingSerializer: serializers.TokenObtainSlidingSerializer,
    simplejwt.TokenRefreshSerializer: serializers.TokenRefreshSerializer,
    simplejwt.TokenRefreshSlidingSerializer: serializers.TokenRefreshSlidingSerializer,
    simplejwt.TokenVerifySerializer: serializers.TokenVerifySerializer,
    simplejwt.TokenBlacklistSerializer: serializers.TokenBlacklistSerializer,
}

#: simplejwt's settings, and ours of which a child is honoured.
SETTINGS: dict[str, type] = {
    view.serializer_setting: view.guarded_serializer
    for view in (
        views.TokenObtainPairView,
        views.TokenRefreshView,
        views.TokenVerifyView,
        views.TokenBlacklistView,
        views.TokenObtainSlidingView,
        views.TokenRefreshSlidingView,
    )
}


def check_declared_serializers(**kwargs: Any) -> list[checks.CheckMessage]:
    """Tell which of the serializers that ``SIMPLE_JWT`` names is not what a request will meet."""
    return [each for name in SETTINGS for each in _check_setting(name)]


def check_reachable_serializers(**kwargs: Any) -> list[checks.CheckMessage]:
    """Tell which of the serializers that views name is a hole, or not what a request will meet."""
    return [each for entrance in entrances() for each in _check_entrance(entrance)]


def _check_setting(name: str) -> Iterator[checks.CheckMessage]:
    path, ours = getattr(conf.simplejwt, name), SETTINGS[name]
    place = f'SIMPLE_JWT["{name}"]'
    try:
        declared = load_class(path)
    except ImportError as error:
        yield checks.Error(
            f"{place} names {path!r}, which cannot be imported: {error}.",
            hint=f"Remove the setting, or name a child of {dotted(ours)}.",
            id="jwt_invalidation.E010",
        )
        return
    if issubclass(declared, ours):
        yield from _check_child(f"{place} names", declared, ours)
    elif declared is not load_class(simplejwt_settings.DEFAULTS[name]):
        yield checks.Error(
            f"{place} names {dotted(declared)}, in which the gate does not stand: the view answers"
            " 500.",
            hint=f"Let {declared.__name__} inherit from {dotted(ours)}.",
            id="jwt_invalidation.E016",
        )


def _check_entrance(entrance: Entrance) -> Iterator[checks.CheckMessage]:
    declared = entrance.attribute("serializer_class")
    if not isinstance(declared, type):
        return
    for ours in (each for each in OURS.values() if issubclass(declared, each)):
        yield from _check_child(f"{entrance} with", declared, ours)
    if passes(entrance.view, views.GatedTokenView, "get_serializer_class"):
        yield from _check_view_of_ours(entrance, declared)
    elif not issubclass(entrance.view, TokenViewBase):  # Those are told as views.
        yield from _check_other_view(entrance, declared)


def _check_child(place: str, declared: type, ours: type) -> Iterator[checks.CheckMessage]:
    yield from _check_token_class(place, declared, ours)
    if "validate" in vars(ours) and not passes(declared, ours, "validate"):
        yield checks.Warning(
            f"{place} {dotted(declared)}, in which another class's validate runs before the gate's.",
            hint=f"Name {dotted(ours)} first, or see that the other ends in super().validate(attrs).",
            id="jwt_invalidation.W005",
        )


def _check_token_class(place: str, declared: type, ours: type) -> Iterator[checks.CheckMessage]:
    expected: type | None = getattr(ours, "token_class", None)
    token_class: Any = getattr(declared, "token_class", None)
    if expected is None or (isinstance(token_class, type) and issubclass(token_class, expected)):
        return
    found = dotted(token_class) if isinstance(token_class, type) else repr(token_class)
    yield checks.Error(
        f"{place} {dotted(declared)}, whose tokens are not checked: its token_class is {found}.",
        hint=f"Let the token_class of {declared.__name__} be {dotted(expected)}, or a child of it.",
        id="jwt_invalidation.E009",
    )


def _check_view_of_ours(entrance: Entrance, declared: type) -> Iterator[checks.CheckMessage]:
    ours = getattr(entrance.view, "guarded_serializer", declared)
    if not issubclass(declared, ours):
        yield checks.Error(
            f"{entrance} with {dotted(declared)}, in which the gate does not stand: it answers 500.",
            hint=f"Let {declared.__name__} inherit from {dotted(ours)}.",
            id="jwt_invalidation.E017",
        )


def _check_other_view(entrance: Entrance, declared: type) -> Iterator[checks.CheckMessage]:
    for stock, ours in OURS.items():
        if issubclass(declared, stock) and not issubclass(declared, ours):
            advice = f"Let {declared.__name__} inherit from {dotted(ours)}."
            yield checks.Error(
                f"{entrance} with {dotted(declared)}, which does not ask whether a token was revoked.",
                hint=f"Use {dotted(ours)} instead." if declared is stock else advice,
                id="jwt_invalidation.E008",
            )
