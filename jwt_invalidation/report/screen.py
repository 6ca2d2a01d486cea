"""Lay the report out for a terminal."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from django.core.checks import CheckMessage
from django.utils import timezone

from .bars import Series, draw_bars
from .durations import NOTHING, in_words
from .entrances import Survey
from .gather import Report
from .history import History
from .sessions import Sessions

LABEL = 13
NARROWEST = 40
#: How many names or reasons are told before "and more".
FEW = 3
#: What is said of each of the delays, in their order.
WHERE = (
    "where no database is asked",
    "where requests are authenticated without the gate",
    "where tokens are made or refreshed without the gate",
)


def draw_report(report: Report, *, width: int, height: int) -> str:
    """Return the report as lines of ``width`` characters; of the findings, what ``height`` leaves.

    One finding is told however low the screen is.
    """
    width = max(width, NARROWEST)
    survey = report.survey
    above = [
        *_section("Strategies", [f"{each.name}: {each.says}" for each in report.strategies], width),
        *_section("Unversioned", [_unversioned(report)], width),
        *_section("Lifetimes", [_lifetimes(report)], width),
        *_section("Delay", _delays(report), width),
        *_section("Entrances", _entrances(survey), width),
    ]
    below = [
        "",
        *_section("Sessions", [_sessions(report.sessions)], width),
        *_section("Revocations", _history(report.history), width),
        *_chart(report, width),
    ]
    findings = [_wrapped(f"- {_told(each)}", " " * LABEL, width) for each in survey.findings]
    # The prompt of the shell takes a line as well.
    room = height - 1 - len(above) - len(below)
    return "\n".join([*above, *_fitting(findings, room), *below])


def _section(label: str, paragraphs: Iterable[str], width: int) -> list[str]:
    lines = [line for each in paragraphs for line in _wrapped(each, " " * LABEL, width)]
    return [f"{label:<{LABEL}}{lines[0].lstrip()}", *lines[1:]]


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    # Paths and commands are to be copied: they stay in one piece.
    return wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _fitting(findings: Sequence[list[str]], room: int) -> list[str]:
    lines: list[str] = []
    for number, finding in enumerate(findings):
        is_last = number == len(findings) - 1
        if number and len(lines) + len(finding) + (not is_last) > room:
            left = len(findings) - number
            more = f"and {left} more: manage.py check --tag jwt_invalidation"
            return [*lines, f"{' ' * LABEL}{more}"]
        lines += finding
    return lines


def _unversioned(report: Report) -> str:
    policy = {"accept": "accepted", "reject": "rejected"}[report.unversioned_tokens]
    doubts = [_told(each) for each in report.doubts]
    return " ".join([f"Tokens without a version are {policy}.", *doubts])


def _told(message: CheckMessage) -> str:
    return f"{message.msg} {message.hint}"


def _lifetimes(report: Report) -> str:
    each = [f"{name} {in_words(lasts)}" for name, lasts in report.lifetimes.items()]
    return ", ".join([*each, f"leeway {in_words(report.leeway)}"])


def _delays(report: Report) -> list[str]:
    found = [
        f"{in_words(delay)} {where}"
        for delay, where in zip(report.delays, WHERE, strict=True)
        if delay != NOTHING
    ]
    return [*found, f"none{' elsewhere' if found else ''}: refused at the next request"]


def _entrances(survey: Survey) -> list[str]:
    counts = [f"{len(survey.guarded)} guarded"]
    if survey.stateless:
        counts.append(f"{len(survey.stateless)} stateless")
    counts.append(f"{len(survey.unguarded) or 'none'} unguarded")
    if survey.broken:
        counts.append(f"{len(survey.broken)} broken")
    named = [f"stateless: {_few(survey.stateless)}"] if survey.stateless else []
    return [", ".join(counts), *named]


def _sessions(sessions: Sessions) -> str:
    if not sessions.are_in_force:
        return "none, for SessionStrategy is not in force"
    return f"{sessions.live} live now, {sessions.started} (=) started in two weeks"


def _history(history: History) -> list[str]:
    first, last = min(history.by_day), max(history.by_day)
    zone = timezone.get_current_timezone_name()
    total = f"{history.total} (#) from {first} to {last}, by day ({zone})"
    reasons = [f"{reason} {count}" for reason, count in history.by_reason.items()]
    return [total, f"most often {_few(reasons)}"] if reasons else [total]


def _chart(report: Report, width: int) -> list[str]:
    sessions, history = report.sessions, report.history
    series = [Series(list(history.by_day.values()), "#")]
    if sessions.are_in_force:
        series.insert(0, Series(list(sessions.by_day.values()), "="))
    labels = [f"{day:%a %d %b}" for day in history.by_day]
    # Two weeks side by side: each line is of one day of the week.
    return draw_bars(labels, *series, width=width, columns=2)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more
