"""Set the clock of this process, server threads included."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError


@contextmanager
def clock_at(second: int) -> Iterator[None]:
    """Set the clock to a Unix time, and back to the real time afterwards.

    Raise a ``CommandError`` if time-machine is not installed.
    """
    try:
        # Imported here because most strategies do not need it.
        import time_machine
    except ImportError as error:
        raise CommandError(
            "The demo moves the clock by time-machine: python -m pip install time-machine"
        ) from error
    with time_machine.travel(second, tick=False):
        yield
