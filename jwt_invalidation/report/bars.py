"""Draw one or more series of counts as bars of text."""

from collections.abc import Sequence
from typing import NamedTuple

GAP = "   "


class Series(NamedTuple):
    """A count for each of the labels, and what its bars are made of."""

    counts: Sequence[int]
    mark: str = "#"


def draw_bars(labels: Sequence[str], *series: Series, width: int, columns: int) -> list[str]:
    """Return lines of at most ``width`` characters: what the bars are of; of each, count and bar.

    The labels run down one column after the other. The largest count of a series fills its room;
    one that is not zero is never without a bar. Where there is no room, a bar is one character.
    """
    of_labels = max((len(label) for label in labels), default=0)
    of_column = (width - len(GAP) * (columns - 1)) // columns
    room = (of_column - of_labels) // len(series)
    drawn = zip(*(_bars(each, room) for each in series), strict=True)
    cells = [
        f"{label:<{of_labels}}{''.join(bars)}" for label, bars in zip(labels, drawn, strict=True)
    ]
    rows = -(-len(cells) // columns)
    return [GAP.join(cells[row::rows]).rstrip() for row in range(rows)]


def _bars(series: Series, room: int) -> list[str]:
    largest = max(series.counts, default=0)
    of_counts = len(str(largest))
    longest = max(1, room - of_counts - len("  "))
    return [
        # Rounded up, so that one in a million shows.
        f" {count:>{of_counts}} {series.mark * -(-count * longest // max(1, largest)):<{longest}}"
        for count in series.counts
    ]
