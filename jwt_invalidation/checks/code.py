"""The code behind a view: its own classes and functions, without those of the frameworks."""

from collections.abc import Iterator
from dis import get_instructions
from types import CodeType, FunctionType, MethodType
from typing import Any, NamedTuple

#: What these packages do is known, or checked elsewhere.
FRAMEWORKS = {"django", "rest_framework", "rest_framework_simplejwt", "jwt_invalidation"}
HOLDERS = (classmethod, staticmethod, MethodType)


def is_of_framework(module: str) -> bool:
    """Does the module belong to Django, DRF, simplejwt or this app?"""
    return module.partition(".")[0] in FRAMEWORKS


def classes_of(*found: Any) -> Iterator[type]:
    """Yield these classes and all that they inherit from, in turn."""
    for cls in found:
        yield from (each for each in cls.__mro__ if not is_of_framework(each.__module__))


def functions_of(*found: Any) -> Iterator[FunctionType]:
    """Yield the functions of classes, and of callables with all that their decorators wrap."""
    seen: set[int] = set()
    waiting = list(found)
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        # By its type: isinstance() would look into lazy objects, and so load what they stand for.
        kind = type(each)
        if issubclass(kind, type):
            waiting += [value for cls in classes_of(each) for value in vars(cls).values()]
        elif issubclass(kind, HOLDERS):
            waiting.append(each.__func__)
        elif kind is FunctionType:
            # A decorator holds what it wraps in a closure, with functools.wraps() or without.
            waiting += _closure_of(each)
            if not is_of_framework(each.__module__ or ""):
                yield each


class Names(NamedTuple):
    """The names that a function uses, by what they are names of."""

    #: Those of globals.
    of_globals: set[str]
    #: Those of modules that it imports itself.
    of_modules: set[str]
    #: Those of attributes, methods included.
    of_attributes: set[str]


def names_in(code: CodeType) -> Names:
    """Return the names in the code of a function, and of those that it encloses."""
    names = Names(set(), set(), set())
    kinds = {
        "LOAD_GLOBAL": names.of_globals,
        "IMPORT_NAME": names.of_modules,
        "LOAD_ATTR": names.of_attributes,
        "LOAD_METHOD": names.of_attributes,
    }
    waiting = [code]
    while waiting:
        each = waiting.pop()
        waiting += [const for const in each.co_consts if isinstance(const, CodeType)]
        for instruction in get_instructions(each):
            if instruction.opname in kinds:
                kinds[instruction.opname].add(instruction.argval)
    return names


def _closure_of(function: FunctionType) -> list[Any]:
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # The function that encloses it has not set it yet.
            continue
    return [each for each in found if type(each) is FunctionType]
