"""The clock of this process, server threads included, in the hands of the demo."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError


@contextmanager
def clock_at(second: int) -> Iterator[None]:
    """Let it be that Unix time, then go on as before.

    Raise a ``CommandError`` if time-machine is not installed.
    """
    try:
        # Not at the top: under most strategies no clock needs to be moved.
        import time_machine
    except ImportError as error:
        raise CommandError(
            "The demo moves the clock by time-machine: python -m pip install time-machine"
        ) from error
    with time_machine.travel(second, tick=False):
        yield
