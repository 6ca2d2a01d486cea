"""Say in plain words which strategies are in force."""

import inspect
from typing import NamedTuple

from ..strategies.active import active_strategies
from ..strategies.base import Strategy

#: The folder of ours, of which each has a file to itself.
OURS = Strategy.__module__.rpartition(".")[0]


class Description(NamedTuple):
    """A strategy's class, and what it says of itself."""

    name: str
    path: str
    says: str


def describe_strategies() -> list[Description]:
    """Return the strategies in force, in the order in which they are asked."""
    return [_describe(type(each)) for each in active_strategies()]


def _describe(cls: type[Strategy]) -> Description:
    return Description(cls.__qualname__, f"{cls.__module__}.{cls.__qualname__}", _first_line(cls))


def _first_line(cls: type[Strategy]) -> str:
    """Return the first line of documentation; that of the nearest parent which has any."""
    for each in cls.__mro__[: cls.__mro__.index(Strategy)]:
        # The files begin with when a token is dead; the classes, with what they do about it.
        is_ours = each.__module__.startswith(f"{OURS}.")
        text = inspect.getmodule(each).__doc__ if is_ours else each.__doc__
        if text:
            return text.strip().partition("\n")[0].replace("``", "")
    return "It has no docstring that says what it does."
