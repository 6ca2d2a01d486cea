"""Serializers that settings and views name: whether each of them passes the gate."""

from collections.abc import Iterator
from typing import Any

from django.core import checks
from rest_framework_simplejwt.settings import DEFAULTS

from ..conf import conf
from .classes import dotted, load_class, passes
from .reachable import ReachableView, reachable_views
from .replacements import SERIALIZERS_BY_SETTING, advise, replacements_of
from .subjects import simplejwt_setting


def check_declared_serializers(**kwargs: Any) -> list[checks.CheckMessage]:
    """Check each serializer that ``SIMPLE_JWT`` names."""
    return [message for key in SERIALIZERS_BY_SETTING for message in _check_setting(key)]


def check_reachable_serializers(**kwargs: Any) -> list[checks.CheckMessage]:
    """Check the serializer of each view that a request can reach."""
    return [message for view in reachable_views() for message in _check_view(view)]


def _check_setting(key: str) -> Iterator[checks.CheckMessage]:
    path, ours, setting = (
        getattr(conf.simplejwt, key),
        SERIALIZERS_BY_SETTING[key],
        simplejwt_setting(key),
    )
    try:
        declared = load_class(path)
    except ImportError as error:
        yield checks.Error(
            f"The setting names {path!r}, which cannot be imported: {error}.",
            hint=f"Remove the setting, or name a child of {dotted(ours)}.",
            obj=setting,
            id="jwt_invalidation.E010",
        )
        return
    if issubclass(declared, ours):
        yield from _check_child(declared, ours, setting)
    elif declared is not load_class(DEFAULTS[key]):
        yield checks.Error(
            f"The setting names {dotted(declared)}, which lacks the gate: the view answers 500.",
            hint=advise(declared, ours),
            obj=setting,
            id="jwt_invalidation.E016",
        )


def _check_view(view: ReachableView) -> Iterator[checks.CheckMessage]:
    declared = view.serializer_class
    if declared is None:
        return
    for ours in replacements_of(declared):
        if issubclass(declared, ours):
            yield from _check_child(declared, ours, view)
    if view.is_gated_token_view:
        yield from _check_gated_token_view(view, declared)
    elif not view.is_token_view:  # `check_reachable_views` reports those.
        yield from _check_other_view(view, declared)


def _check_child(declared: type, ours: type, subject: object) -> Iterator[checks.CheckMessage]:
    yield from _check_token_class(declared, ours, subject)
    if "validate" in vars(ours) and not passes(declared, ours, "validate"):
        yield checks.Warning(
            f"In {dotted(declared)} another class's validate runs before the gate's.",
            hint="Make sure that it ends in `return super().validate(attrs)`, which calls the gate's,"
            " and then list this check's id in SILENCED_SYSTEM_CHECKS. If it cannot, name"
            f" {dotted(ours)} first: then the other validate is skipped, with all that it does, such"
            " as to read the token from a cookie.",
            obj=subject,
            id="jwt_invalidation.W005",
        )


def _check_token_class(
    declared: type, ours: type, subject: object
) -> Iterator[checks.CheckMessage]:
    expected: type | None = getattr(ours, "token_class", None)
    token_class: Any = getattr(declared, "token_class", None)
    if expected is None or (isinstance(token_class, type) and issubclass(token_class, expected)):
        return
    found = dotted(token_class) if isinstance(token_class, type) else repr(token_class)
    yield checks.Error(
        f"The tokens of {dotted(declared)} are not checked: its token_class is {found}.",
        hint=f"Let the token_class of {declared.__name__} be {dotted(expected)}, or a child of it.",
        obj=subject,
        id="jwt_invalidation.E009",
    )


def _check_gated_token_view(view: ReachableView, declared: type) -> Iterator[checks.CheckMessage]:
    ours = getattr(view.view_class, "guarded_serializer", declared)
    if not issubclass(declared, ours):
        yield checks.Error(
            f"The view's serializer, {dotted(declared)}, lacks the gate: the view answers 500.",
            hint=advise(declared, ours),
            obj=view,
            id="jwt_invalidation.E017",
        )


def _check_other_view(view: ReachableView, declared: type) -> Iterator[checks.CheckMessage]:
    for ours in replacements_of(declared):
        if not issubclass(declared, ours):
            yield checks.Error(
                f"The view's serializer, {dotted(declared)}, does not check whether a token was"
                " revoked.",
                hint=advise(declared, ours),
                obj=view,
                id="jwt_invalidation.E008",
            )
