"""Draw series of counts as bars of text."""

from collections.abc import Iterable
from typing import NamedTuple

GAP = "   "


class Series(NamedTuple):
    """A count for each label, and the character that its bars are made of."""

    counts: Iterable[int]
    mark: str = "#"


def draw_bars(labels: Iterable[str], *series: Series, width: int, columns: int) -> list[str]:
    """Return lines of at most ``width`` characters: each label, and a count and bar per series.

    The labels run down one column after the other. The largest count of a series fills the room of
    the series; the bar of a count above zero has one character at least, also where it lacks room.
    """
    labels = list(labels)
    label_width = max((len(label) for label in labels), default=0)
    column_width = (width - len(GAP) * (columns - 1)) // columns
    room = (column_width - label_width) // len(series)
    drawn = zip(*(_bars(list(each.counts), each.mark, room) for each in series), strict=True)
    cells = [
        f"{label:<{label_width}}{''.join(bars)}" for label, bars in zip(labels, drawn, strict=True)
    ]
    rows = -(-len(cells) // columns)
    return [GAP.join(cells[row::rows]).rstrip() for row in range(rows)]


def _bars(counts: list[int], mark: str, room: int) -> list[str]:
    largest = max(counts, default=0)
    count_width = len(str(largest))
    longest = max(1, room - count_width - len("  "))
    return [
        # The length is rounded up, so that one in a million shows.
        f" {count:>{count_width}} {mark * -(-count * longest // max(1, largest)):<{longest}}"
        for count in counts
    ]
