"""Turn the report into what JSON can hold. The keys are relied upon by scripts: never rename one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.checks import CheckMessage
from django.utils import timezone

from .durations import in_seconds
from .gather import Report


def to_plain(report: Report) -> dict[str, Any]:
    """Return the report with durations in seconds, null being without end, and dates by ISO 8601."""
    survey, sessions, history = report.survey, report.sessions, report.history
    return {
        "strategies": [each._asdict() for each in report.strategies],
        "unversioned_tokens": {
            "policy": report.unversioned_tokens,
            "findings": [_finding(each) for each in report.doubts],
        },
        "lifetimes": {name: in_seconds(each) for name, each in report.lifetimes.items()},
        "leeway": in_seconds(report.leeway),
        "delay": {
            "worst_case": in_seconds(report.delays.worst_case),
            **{name: in_seconds(each) for name, each in report.delays._asdict().items()},
        },
        "entrances": {
            "guarded": survey.guarded,
            "stateless": survey.stateless,
            "unguarded": survey.unguarded,
            "broken": survey.broken,
            "findings": [_finding(each) for each in survey.findings],
        },
        "sessions": {
            "in_force": sessions.are_in_force,
            "live": sessions.live,
            "started": sessions.started,
            "started_by_day": _by_day(sessions.by_day),
        },
        "revocations": {
            "time_zone": timezone.get_current_timezone_name(),
            "total": history.total,
            "by_day": _by_day(history.by_day),
            "by_reason": dict(history.by_reason),
        },
    }


def _by_day(counts: Mapping[date, int]) -> dict[str, int]:
    return {day.isoformat(): count for day, count in counts.items()}


def _finding(message: CheckMessage) -> dict[str, str | None]:
    return {"id": message.id, "message": message.msg, "hint": message.hint}
