"""Gather all that the report says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.checks import CheckMessage

from ..checks.deployment import check_unversioned_tokens
from ..conf import conf
from .delays import Delays, estimate_delays
from .entrances import Survey, survey_entrances
from .history import History, count_revocations
from .lifetimes import lifetimes_by_type
from .sessions import Sessions, count_sessions
from .strategies import Description, describe_strategies


@dataclass(frozen=True)
class Report:
    """What an operator wants to know, before it is laid out."""

    strategies: Sequence[Description]
    unversioned_tokens: str
    #: What the system check says of that policy.
    doubts: Sequence[CheckMessage]
    lifetimes: Mapping[str, timedelta]
    leeway: timedelta
    delays: Delays
    survey: Survey
    sessions: Sessions
    history: History


def gather_report(*, using: str) -> Report:
    """Ask the settings, the URLconf and the database; write nothing."""
    survey = survey_entrances()
    return Report(
        strategies=describe_strategies(),
        unversioned_tokens=conf.UNVERSIONED_TOKENS,
        doubts=check_unversioned_tokens(),
        lifetimes=lifetimes_by_type(),
        leeway=conf.leeway,
        delays=estimate_delays(survey),
        survey=survey,
        sessions=count_sessions(using=using),
        history=count_revocations(using=using),
    )
