"""Lay the report out for a terminal."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from textwrap import wrap

from ..humanize import duration_in_words
from .bars import Series, draw_bars
from .counts import Revocations, Sessions
from .gather import Report
from .unversioned import Unversioned, describe_unversioned
from .views import Finding, Views

LABEL = 13
NARROWEST = 40
#: How many names or reasons are shown before "and more".
FEW = 3
#: No check sees a view that is a function and reads tokens by itself.
NONE_UNGUARDED = "none unguarded of the kinds it knows"
#: Where a token is accepted after its revocation, by the keys of the delays.
WHERE = {
    "stateless": "where no database is asked",
    "unguarded_authentication": "where requests are authenticated without the gate",
    "unguarded_views_of_tokens": "where tokens are made or refreshed without the gate",
}


def draw_report(report: Report, *, width: int, height: int) -> str:
    """Return the report as lines of ``width`` characters, with the findings that ``height`` allows.

    The first finding is shown on every screen.
    """
    width = max(width, NARROWEST)
    lifetimes = {**report.lifetimes, "leeway": report.leeway}
    above = {
        "Strategies": [f"{each['name']}: {each['says']}" for each in report.strategies],
        "Unversioned": _unversioned(report.unversioned_tokens),
        "Lifetimes": [", ".join(f"{k} {duration_in_words(v)}" for k, v in lifetimes.items())],
        "Delay": _delay(report.delay),
        "Views": _views(report.views),
    }
    below = {
        "Sessions": [_sessions(report.sessions)],
        "Revocations": _revocations(report.revocations),
    }
    upper = _sections(above, width)
    lower = ["", *_sections(below, width), *_chart(report, width)]
    findings = [_wrapped(f"- {_words(each)}", width) for each in report.views.findings]
    # The prompt of the shell takes a line as well.
    room = height - 1 - len(upper) - len(lower)
    return "\n".join([*upper, *_fitting(findings, room), *lower])


def _sections(paragraphs: Mapping[str, Sequence[str]], width: int) -> list[str]:
    lines = []
    for label, texts in paragraphs.items():
        first, *others = [line for text in texts for line in _wrapped(text, width)]
        lines += [f"{label:<{LABEL}}{first.lstrip()}", *others]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    indent = " " * LABEL
    return wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        # Paths and commands stay in one piece, so that they can be copied.
        break_long_words=False,
        break_on_hyphens=False,
    )


def _fitting(findings: Sequence[list[str]], room: int) -> list[str]:
    lines: list[str] = []
    for number, finding in enumerate(findings):
        left = len(findings) - number
        if number and len(lines) + len(finding) + (left > 1) > room:
            more = f"and {left} more: manage.py check --tag jwt_invalidation"
            return [*lines, f"{' ' * LABEL}{more}"]
        lines += finding
    return lines


def _words(finding: Finding) -> str:
    return f"{finding.message} {finding.hint}"


def _unversioned(found: Unversioned) -> list[str]:
    return [" ".join([describe_unversioned(found), *map(_words, found.findings)])]


def _delay(delays: Mapping[str, timedelta]) -> list[str]:
    found = [
        f"{duration_in_words(delays[kind])} {where}"
        for kind, where in WHERE.items()
        if delays[kind]
    ]
    return [*found, f"none{' elsewhere' if found else ''}: refused at the next request"]


def _views(views: Views) -> list[str]:
    counts = [f"{len(views.guarded)} guarded"]
    if views.stateless:
        counts.append(f"{len(views.stateless)} stateless")
    counts.append(f"{len(views.unguarded)} unguarded" if views.unguarded else NONE_UNGUARDED)
    if views.broken:
        counts.append(f"{len(views.broken)} broken")
    named = [f"stateless: {_few(views.stateless)}"] if views.stateless else []
    return [", ".join(counts), *named]


def _sessions(sessions: Sessions) -> str:
    if not sessions.on:
        return "none: SessionStrategy is not active"
    return f"{sessions.live} live now, {sessions.started} (=) started in two weeks"


def _revocations(revocations: Revocations) -> list[str]:
    first, *_, last = revocations.by_day
    total = f"{revocations.total} (#) from {first} to {last}, by day ({revocations.time_zone})"
    lines = [total]
    if revocations.by_reason:
        lines.append(f"most often {_few(_numbered(revocations.by_reason))}")
    if revocations.by_cause:
        lines.append(f"out of band: {', '.join(_numbered(revocations.by_cause))}")
    return lines


def _numbered(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} {count}" for name, count in counts.items()]


def _chart(report: Report, width: int) -> list[str]:
    by_day = report.revocations.by_day
    series = [Series(by_day.values(), "#")]
    if report.sessions.on:
        series.insert(0, Series(report.sessions.started_by_day.values(), "="))
    labels = [f"{date.fromisoformat(day):%a %d %b}" for day in by_day]
    # With two columns of one week each, a line shows the same day of both weeks.
    return draw_bars(labels, *series, width=width, columns=2)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more
