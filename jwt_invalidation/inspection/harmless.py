"""Show what a stranger wrote without letting it speak to the terminal, or flood it."""

from collections.abc import Mapping
import json
from typing import Any

from ..claims import is_numeric_date
from ..humanize import from_now, in_utc

#: Characters of a name, a value and a sentence, and how many claims are shown.
LONGEST_NAME, LONGEST_VALUE, LONGEST_SENTENCE, MOST_CLAIMS = 40, 200, 500, 40
#: Lists and objects within each other.
DEEPEST = 10

CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


def sentence(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """Return ``text`` on one line of ASCII, cut if it is too long."""
    # timesince() puts a no-break space between number and unit.
    text = text.replace("\xa0", " ")
    shown = text.encode("ascii", "backslashreplace").decode().translate(CONTROLS)
    if len(shown) <= longest:
        return shown
    return f"{shown[:longest]}... ({len(shown) - longest} characters more)"


def value(claim: Any) -> str:
    """Return a claim as JSON, on one line of ASCII."""
    try:
        return sentence(json.dumps(claim), LONGEST_VALUE)
    except RecursionError:
        return "... (nested too deeply)"


def claim_lines(claims: Mapping[str, Any], dates: tuple[str, ...]) -> list[str]:
    """Return a line for each claim; ``dates`` are those to be told in words as well."""
    shown = [
        (sentence(name, LONGEST_NAME), value(claim) + _in_words(claim, is_date=name in dates))
        for name, claim in list(claims.items())[:MOST_CLAIMS]
    ]
    width = max((len(name) for name, _ in shown), default=0)
    lines = [f"{name:<{width}}  {text}" for name, text in shown]
    if len(claims) > MOST_CLAIMS:
        lines.append(f"... ({len(claims) - MOST_CLAIMS} claims more)")
    return lines


def plain(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return claims as strict JSON has them, without NaN; those that nest deep as text, cut."""
    return {
        name: value(claim) if _is_deep(claim) else json.loads(json.dumps(claim), parse_constant=str)
        for name, claim in claims.items()
    }


def _is_deep(claim: Any) -> bool:
    level = [claim]
    for _ in range(DEEPEST):
        children = [
            each.values() if isinstance(each, dict) else each
            for each in level
            if isinstance(each, (dict, list))
        ]
        level = [each for child in children for each in child]
    return bool(level)


def _in_words(claim: Any, *, is_date: bool) -> str:
    if not (is_date and is_numeric_date(claim)):
        return ""
    return sentence(f" ({in_utc(claim)}, {from_now(claim)})")
