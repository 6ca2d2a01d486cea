"""What can be told of a class: its path, and whether the gate stands in it."""

from importlib import import_module
from typing import Any

from django.utils.module_loading import import_string


def load_class(path: Any) -> type:
    """Return the class at a dotted path that somebody typed; raise ``ImportError``."""
    if not isinstance(path, str):
        raise ImportError(f"{path!r} is not a dotted path")
    try:
        found = import_string(path)
    except (TypeError, ValueError) as error:
        # What importlib makes of paths that begin with a dot.
        raise ImportError(str(error)) from error
    if not isinstance(found, type):
        raise ImportError(f"{found!r} is not a class")
    return found


def dotted(cls: type) -> str:
    """Return the path that a project imports a class from.

    Ours are imported from the package that names them in ``__all__``. The path ends in the class's
    ``__name__``, which ``@api_view`` sets to the function's.
    """
    package = cls.__module__.rpartition(".")[0]
    if package.startswith("jwt_invalidation.") and _re_exports(package, cls):
        return f"{package}.{cls.__name__}"
    return f"{cls.__module__}.{cls.__name__}"


def _re_exports(package: str, cls: type) -> bool:
    return cls.__name__ in getattr(import_module(package), "__all__", ())


def passes(cls: type, gate: type, method: str) -> bool:
    """Tell whether ``method``, called on ``cls``, is that of ``gate`` before it is anybody else's.

    Being a child of ``gate`` is not enough: named after a class that brings the method, it is never
    asked. What children of ``gate`` define is theirs to get right.
    """
    definers = [
        each
        for each in cls.__mro__
        if each is gate or (method in vars(each) and not issubclass(each, gate))
    ]
    return definers[:1] == [gate]
