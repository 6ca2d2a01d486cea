"""A bar that shows on a terminal how far a command has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper

WIDTH = 40


@contextmanager
def progress_bar(out: OutputWrapper) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that draws ``done`` of ``total``; it writes nothing into a file or pipe."""
    if not out.isatty():
        yield lambda done, total: None
        return

    def draw(done: int, total: int) -> None:
        # More than all of them, if some were added since they were counted.
        share = min(1.0, done / max(1, total))
        bar = "#" * int(share * WIDTH)
        out.write(f"\r[{bar:<{WIDTH}}] {share:4.0%} {done}/{total}", ending="")
        out.flush()

    try:
        yield draw
    finally:
        # Whatever is written next, an error perhaps, begins on a line of its own.
        out.write("")
