"""A progress bar for commands that run on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper

WIDTH = 40


@contextmanager
def progress_bar(out: OutputWrapper) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that draws ``done`` of ``total``, or nothing if ``out`` is no terminal."""
    if not out.isatty():
        yield lambda done, total: None
        return

    def draw(done: int, total: int) -> None:
        # ``done`` exceeds ``total`` if rows were added after they were counted.
        share = min(1.0, done / max(1, total))
        bar = "#" * int(share * WIDTH)
        out.write(f"\r[{bar:<{WIDTH}}] {share:4.0%} {done}/{total}", ending="")
        out.flush()

    try:
        yield draw
    finally:
        # End the line of the bar, so that the next output, an error perhaps, starts a new one.
        out.write("")
