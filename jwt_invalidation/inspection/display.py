"""Show what a stranger wrote without letting it control the terminal, or flood it."""

import json
from typing import Any

from ..claims import is_numeric_date
from ..conf import conf
from ..humanize import from_now, in_utc
from .questions import Finding
from .reading import PastedToken

#: The most characters of a name, a value and a sentence, and the most claims, that are shown.
LONGEST_NAME, LONGEST_VALUE, LONGEST_SENTENCE, MOST_CLAIMS = 40, 200, 500, 40
#: How many lists and objects within each other JSON output shows as such; more become text.
DEEPEST = 10
CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


def printable(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """Return ``text`` on one line of ASCII, cut if it is too long."""
    shown = text.encode("ascii", "backslashreplace").decode().translate(CONTROLS)
    if len(shown) <= longest:
        return shown
    return f"{shown[:longest]}... ({len(shown) - longest} characters more)"


def printable_json(value: Any) -> str:
    """Return ``value`` as JSON on one line of ASCII, cut if it is too long."""
    try:
        return printable(json.dumps(value), LONGEST_VALUE)
    except RecursionError:
        return "... (nested too deeply)"


def describe_token(pasted: PastedToken, *, is_genuine: bool) -> str:
    """Return lines with the header and the claims; dates among them are in words as well."""
    whose = "signed by this site" if is_genuine else "UNVERIFIED, anybody can write them"
    lines = [f"Header: {printable_json(pasted.header)}", f"Claims, {whose}:"]
    dates = ("exp", "nbf", "iat", conf.simplejwt.SLIDING_TOKEN_REFRESH_EXP_CLAIM)
    shown = {name: printable(name, LONGEST_NAME) for name in list(pasted.claims)[:MOST_CLAIMS]}
    width = max(map(len, shown.values()), default=0)
    for name, printable_name in shown.items():
        claim = pasted.claims[name]
        line = f"  {printable_name:<{width}}  {printable_json(claim)}"
        if name in dates and is_numeric_date(claim):
            line += f" ({in_utc(claim)}, {from_now(claim)})"
        lines.append(line)
    if len(pasted.claims) > MOST_CLAIMS:
        lines.append(f"  ... ({len(pasted.claims) - MOST_CLAIMS} claims more)")
    return "\n".join([*lines, "Questions:"])


def describe_finding(finding: Finding) -> str:
    """Return one line with the answer to one question."""
    line = f"  {printable(finding.about):<17}  {'refused' if finding.code else 'accepted'}"
    return line if finding.words is None else f"{line}: {printable(finding.words)}"


def as_json(pasted: PastedToken, findings: list[Finding], code: str | None) -> str:
    """Return everything as one JSON object, with the claims whole."""
    report = {
        "accepted": code is None,
        "code": code,
        "signature_is_good": findings[0].code is None,
        "header": {name: _strict(value) for name, value in pasted.header.items()},
        "claims": {name: _strict(value) for name, value in pasted.claims.items()},
        "questions": [{**each._asdict(), "accepted": each.code is None} for each in findings],
    }
    return json.dumps(report, indent=2)


def _strict(value: Any) -> Any:
    """Return ``value`` with NaN and infinity, which JSON does not have, and deep nesting as text."""
    if _is_deep(value, DEEPEST):
        return printable_json(value)
    return json.loads(json.dumps(value), parse_constant=str)


def _is_deep(value: Any, levels: int) -> bool:
    if levels == 0:
        return True
    children = value.values() if isinstance(value, dict) else value
    return isinstance(value, (dict, list)) and any(_is_deep(each, levels - 1) for each in children)
