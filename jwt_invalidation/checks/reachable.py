"""The walk through the URLconf: which view classes a request can reach."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import URLPattern, get_resolver

from .classes import dotted


class Entrance(NamedTuple):
    """A view class, and the URL pattern that leads to it."""

    pattern: str
    view: type
    initkwargs: dict[str, Any]

    def __str__(self) -> str:
        return f"The URL pattern {self.pattern} leads to {dotted(self.view)}"

    def attribute(self, name: str) -> Any:
        """Return what the view has as ``name`` at this pattern, or None: routers hand over kwargs."""
        return self.initkwargs.get(name, getattr(self.view, name, None))


def entrances() -> Iterator[Entrance]:
    """Yield every view class of the URLconf; none where there is no URLconf.

    Not those of a URLconf that a middleware sets on the request.
    """
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _walk(get_resolver().url_patterns, "", [])


def _walk(patterns: Any, prefix: str, namespaces: list[str]) -> Iterator[Entrance]:
    for each in patterns:
        route = f"{prefix}{getattr(each, 'pattern', '')}"
        if isinstance(each, URLPattern):
            name = ":".join([*namespaces, each.name]) if each.name else ""
            label = f"'{route}' [name='{name}']" if name else f"'{route}'"
            yield from (Entrance(label, *opened) for opened in _opened(each.callback))
        else:
            space = getattr(each, "namespace", None)
            inner = [*namespaces, space] if space else namespaces
            # What is neither a pattern nor an include is Django's to report: urls.E004.
            yield from _walk(getattr(each, "url_patterns", []), route, inner)


def _opened(callback: Any) -> Iterator[tuple[type, dict[str, Any]]]:
    """Yield the class of the outermost layer that has one, with its kwargs; nothing for functions."""
    for layer in _layers(callback):
        # DRF's name and Django's.
        view = getattr(layer, "cls", None) or getattr(layer, "view_class", None)
        if isinstance(view, type):
            yield view, getattr(layer, "initkwargs", {})
            return


def _layers(callback: Any) -> Iterator[Any]:
    """Yield a view and what its decorators wrap, outermost first."""
    seen: set[int] = set()
    while callback is not None and id(callback) not in seen:
        seen.add(id(callback))
        yield callback
        is_partial = isinstance(callback, partial)
        callback = callback.func if is_partial else getattr(callback, "__wrapped__", None)
