"""The survey of the views that a request can reach: how each authenticates, and its serializer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import URLPattern, get_resolver
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenViewBase

from ..views import GatedTokenView
from .classes import dotted, passes
from .replacements import replacements_of
from .subjects import DEFAULT_AUTHENTICATION, Setting, simplejwt_setting


@dataclass(frozen=True)
class ReachableView:
    """A view class at one of the URL patterns that lead to it."""

    pattern: str
    view_class: type
    #: What ``as_view()`` was given. It overrides the attributes of the class.
    initkwargs: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{dotted(self.view_class)} at {self.pattern}"

    @property
    def authentication_classes(self) -> list[type]:
        """The view's own authentication classes, or DRF's defaults if it declares none."""
        if self.has_default_authentication:
            return default_authentication_classes()
        return _classes(self._attribute("authentication_classes"))

    @property
    def has_default_authentication(self) -> bool:
        """Do the settings of DRF name its authentication classes?"""
        return self._attribute("authentication_classes") is APIView.authentication_classes

    @property
    def serializer_class(self) -> type | None:
        """The view's own serializer; None if it has none, or leaves the choice to a setting."""
        declared = self._attribute("serializer_class")
        return declared if isinstance(declared, type) else None

    @property
    def is_token_view(self) -> bool:
        """Does it inherit from the base of simplejwt's views, as ours do?"""
        return issubclass(self.view_class, TokenViewBase)

    @property
    def is_gated_token_view(self) -> bool:
        """Is it a view of ours, which refuses to work with a serializer that lacks the gate?"""
        return passes(self.view_class, GatedTokenView, "get_serializer_class")

    @property
    def takes_tokens(self) -> bool:
        """Does it authenticate by tokens, or make, refresh or verify them?"""
        classes = [self.view_class, *self.authentication_classes]
        if self.serializer_class is not None:
            classes.append(self.serializer_class)
        return any(replacements_of(each) for each in classes)

    @property
    def settings(self) -> list[Setting]:
        """The settings that name the classes which the view itself does not name."""
        found = [DEFAULT_AUTHENTICATION] if self.has_default_authentication else []
        key = getattr(self.view_class, "serializer_setting", None)
        if key is not None and self.serializer_class is None:
            found.append(simplejwt_setting(key))
        return found

    def _attribute(self, name: str) -> Any:
        return self.initkwargs.get(name, getattr(self.view_class, name, None))


def reachable_views() -> Iterator[ReachableView]:
    """Yield every class-based view of ``ROOT_URLCONF``; nothing if the site has no URLconf.

    The URLconf that a middleware sets on a request is not looked at.
    """
    for label, callback in reachable_callbacks():
        yield from (ReachableView(label, *found) for found in _view_class_of(callback))


def reachable_callbacks() -> Iterator[tuple[str, Any]]:
    """Yield every view of ``ROOT_URLCONF``, functions included, after the pattern that leads to it."""
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _walk(get_resolver().url_patterns, "", [])


def default_authentication_classes() -> list[type]:
    """Return the authentication classes that DRF's settings name."""
    try:
        return _classes(api_settings.DEFAULT_AUTHENTICATION_CLASSES)
    except ImportError:
        # Then no view of DRF's can be imported either, and that error says more than ours would.
        return []


def layers_of(callback: Any) -> Iterator[Any]:
    """Yield a view and what its decorators wrap, outermost first."""
    seen: set[int] = set()
    while callback is not None and id(callback) not in seen:
        seen.add(id(callback))
        yield callback
        is_partial = isinstance(callback, partial)
        callback = callback.func if is_partial else getattr(callback, "__wrapped__", None)


def _classes(declared: Any) -> list[type]:
    found = declared if isinstance(declared, Iterable) else ()
    return [each for each in found if isinstance(each, type)]


def _walk(patterns: Any, prefix: str, namespaces: list[str]) -> Iterator[tuple[str, Any]]:
    for each in patterns:
        route = f"{prefix}{getattr(each, 'pattern', '')}"
        if isinstance(each, URLPattern):
            name = ":".join([*namespaces, each.name]) if each.name else ""
            label = f"'{route}' [name='{name}']" if name else f"'{route}'"
            yield label, each.callback
        else:
            space = getattr(each, "namespace", None)
            inner = [*namespaces, space] if space else namespaces
            # Django itself reports what is neither a pattern nor an include: urls.E004.
            yield from _walk(getattr(each, "url_patterns", []), route, inner)


def _view_class_of(callback: Any) -> Iterator[tuple[type, Mapping[str, Any]]]:
    """Yield the class of the outermost layer that has one, and its kwargs. Functions have none."""
    for layer in layers_of(callback):
        # DRF calls the attribute ``cls``, Django ``view_class``.
        view_class = getattr(layer, "cls", None) or getattr(layer, "view_class", None)
        if isinstance(view_class, type):
            yield view_class, getattr(layer, "initkwargs", {})
            return
