"""Facts about a class: the path to import it from, and whether it passes the gate."""

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
        # importlib raises these for paths that begin with a dot.
        raise ImportError(str(error)) from error
    if not isinstance(found, type):
        raise ImportError(f"{found!r} is not a class")
    return found


def dotted(cls: type) -> str:
    """Return the path that a project imports a class from.

    For a class of ours that is the package which lists it in ``__all__``, if there is one. The path
    ends in the class's ``__name__``, which ``@api_view`` sets to the name of the function.
    """
    module, package = cls.__module__, cls.__module__.rpartition(".")[0]
    is_ours = package.startswith("jwt_invalidation.")
    if is_ours and cls.__name__ in getattr(import_module(package), "__all__", ()):
        module = package
    return f"{module}.{cls.__name__}"


def passes(cls: type, gate: type, method: str) -> bool:
    """Does ``cls`` run the ``method`` of ``gate`` before that of any other class?

    It is not enough that ``cls`` inherits from ``gate``: a base named earlier may define the method
    too, and never call ours. A method that a child of ``gate`` defines is trusted.
    """
    definers = [
        each
        for each in cls.__mro__
        if each is gate or (method in vars(each) and not issubclass(each, gate))
    ]
    return definers[:1] == [gate]
