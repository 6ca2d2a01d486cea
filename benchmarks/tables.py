"""Format results as plain text for a terminal or a README."""

from collections.abc import Sequence

UNITS = (("s", 1.0), ("ms", 1e3), ("us", 1e6))


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table. The first column is aligned left, the others right."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    lines = [_line(cells, widths) for cells in (head, rule, *rows)]
    return "\n".join([title, "", *lines, ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    others = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "  ".join([first, *others]).rstrip()


def duration(seconds: float) -> str:
    """Return a time with three digits and a unit: ``182 us``, ``1.46 ms``, ``2.08 s``."""
    unit, number = next(
        ((unit, seconds * factor) for unit, factor in UNITS if abs(seconds) * factor >= 1),
        ("us", seconds * 1e6),
    )
    decimals = max(0, 2 - (len(str(int(abs(number)))) - 1))
    return f"{number:.{decimals}f} {unit}"


def size(number: float) -> str:
    """Return a number of bytes in megabytes of a million bytes: ``212 MB``, ``3.52 MB``."""
    millions = number / 1e6
    return f"{millions:.{0 if millions >= 10 else 2}f} MB"


def difference(seconds: float) -> str:
    """Return an added time with its sign."""
    return f"+{duration(seconds)}" if seconds >= 0 else duration(seconds)
