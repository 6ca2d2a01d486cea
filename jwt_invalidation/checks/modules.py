"""Modules that hold classes of simplejwt's where ours should be: code that we cannot follow uses them."""

from collections.abc import Iterator
from pathlib import Path
import sys
import sysconfig
from types import FunctionType, ModuleType
from typing import Any

from django.core import checks
from rest_framework_simplejwt import authentication as simplejwt_authentication
from rest_framework_simplejwt import tokens as simplejwt_tokens

from ..tokens import OURS
from .classes import dotted
from .code import classes_of, functions_of, is_of_framework
from .reachable import layers_of, reachable_callbacks, reachable_views
from .replacements import AUTHENTICATION, REPLACEMENTS

MODULES: dict[ModuleType, str] = {
    simplejwt_tokens: "jwt_invalidation.tokens",
    simplejwt_authentication: "jwt_invalidation.authentication",
}
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


def check_modules(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of modules, reached from the URLconf, that hold token or authentication classes.

    The modules of views and serializers are looked at, and what the project's own among them import.
    """
    found = _follow(_modules_of_views())
    messages: list[checks.CheckMessage] = []
    for module in sorted(found, key=lambda each: each.__name__):
        messages += [
            checks.Warning(
                f"The module holds {theirs}: it makes tokens without a version, or accepts revoked"
                " ones.",
                hint=f"Use {ours} instead. If only annotations need it, silence this check.",
                obj=module.__name__,
                id="jwt_invalidation.W009",
            )
            for theirs, ours in _held_by(module)
        ]
    return messages


def _modules_of_views() -> set[ModuleType]:
    own: list[Any] = [layer for _, view in reachable_callbacks() for layer in layers_of(view)]
    classes: list[type] = []
    for view in reachable_views():
        classes.append(view.view_class)
        classes += [] if view.serializer_class is None else [view.serializer_class]
    names = {each.__module__ for each in classes_of(*classes)}
    names |= {each.__module__ for each in functions_of(*own, *classes)}
    return {sys.modules[name] for name in names if name in sys.modules}


def _follow(modules: set[ModuleType]) -> set[ModuleType]:
    """Return the modules, and those whose classes and functions the project's own ones import."""
    found, waiting = set(modules), list(modules)
    while waiting:
        each = waiting.pop()
        new = {other for other in _imported_by(each) if other not in found and _is_own(other)}
        found |= new
        waiting += new
    return found


def _imported_by(module: ModuleType) -> Iterator[ModuleType]:
    if not _is_own(module):
        return
    for value in list(vars(module).values()):
        # By its type: isinstance() would look into lazy objects, and so load what they stand for.
        if issubclass(type(value), ModuleType):
            yield value
        elif issubclass(type(value), (type, FunctionType)) and value.__module__ in sys.modules:
            yield sys.modules[value.__module__]


def _is_own(module: ModuleType) -> bool:
    """Is it a module of the project: not a framework's, not installed, not Python's?"""
    file = getattr(module, "__file__", None)
    if file is None or is_of_framework(module.__name__):
        return False
    path = Path(file)
    is_installed = not {"site-packages", "dist-packages"}.isdisjoint(path.parts)
    return not (is_installed or path.is_relative_to(STANDARD_LIBRARY))


def _held_by(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield what the module holds, and ours in its place."""
    for value in vars(module).values():
        for theirs, ours in MODULES.items():
            if value is theirs:
                yield theirs.__name__, ours
        for cls in (*OURS, *AUTHENTICATION):
            if value is cls and not _is_a_base_in(module, cls):
                yield dotted(cls), dotted(REPLACEMENTS[cls])


def _is_a_base_in(module: ModuleType, cls: type) -> bool:
    """Does the module hold an authentication class to inherit from it? Other checks judge the child."""
    return cls in AUTHENTICATION and any(
        issubclass(type(each), type) and each is not cls and issubclass(each, cls)
        for each in vars(module).values()
    )
