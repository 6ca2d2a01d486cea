"""Gather what the report says, as an object and as JSON."""

from dataclasses import asdict, dataclass
from datetime import timedelta
import json

from ..conf import conf
from ..humanize import ENDLESS
from ..strategies.active import active_strategies
from ..strategies.base import Strategy
from .counts import Revocations, Sessions, count_revocations, count_sessions
from .lifetimes import estimate_delays, lifetimes_by_type
from .unversioned import Unversioned, read_unversioned
from .views import Views, survey_views


@dataclass(frozen=True)
class Report:
    """What the report says. The fields are the keys of the JSON, on which scripts rely."""

    strategies: list[dict[str, str]]
    unversioned_tokens: Unversioned
    lifetimes: dict[str, timedelta]
    leeway: timedelta
    delay: dict[str, timedelta]
    views: Views
    sessions: Sessions
    revocations: Revocations


def gather_report(*, using: str) -> Report:
    """Read the settings, the URLconf and the database; write nothing."""
    views = survey_views()
    return Report(
        strategies=[_describe(type(each)) for each in active_strategies()],
        unversioned_tokens=read_unversioned(using=using),
        lifetimes=lifetimes_by_type(),
        leeway=conf.leeway,
        delay=estimate_delays(views),
        views=views,
        sessions=count_sessions(using=using),
        revocations=count_revocations(using=using),
    )


def to_json(report: Report) -> str:
    """Return one JSON object, with durations in seconds; null stands for a duration without end."""
    return json.dumps(asdict(report), indent=2, default=_in_seconds)


def _describe(strategy: type[Strategy]) -> dict[str, str]:
    path = f"{strategy.__module__}.{strategy.__qualname__}"
    return {"name": strategy.__qualname__, "path": path, "says": strategy.description}


def _in_seconds(duration: timedelta) -> float | None:
    if duration == ENDLESS:
        return None
    seconds = duration.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
