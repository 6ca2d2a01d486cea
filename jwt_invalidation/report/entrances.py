"""Sort the places where tokens come in: by whether it is asked there if they were revoked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core import checks
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.views import TokenViewBase

from ..authentication import JWTStatelessUserAuthentication
from ..checks.authentication import (
    check_default_authentication,
    check_reachable_authentication,
    default_classes,
)
from ..checks.reachable import Entrance, entrances
from ..checks.serializers import (
    OURS,
    SETTINGS,
    check_declared_serializers,
    check_reachable_serializers,
)
from ..checks.strategies import check_strategies
from ..checks.views import check_reachable_views

CHECKS = (
    check_default_authentication,
    check_reachable_authentication,
    check_reachable_views,
    check_declared_serializers,
    check_reachable_serializers,
    check_strategies,
)
#: Errors about what answers 500, or refuses every token: it lets nobody in.
OF_FAULTS = {
    f"jwt_invalidation.{each}"
    for each in ("E010", "E013", "E016", "E017", "E018", "E019", "E020", "E021")
}
#: Errors about classes that authenticate requests; all others are about views of tokens.
OF_AUTHENTICATION = {f"jwt_invalidation.{each}" for each in ("E005", "E006")}

DEFAULT = 'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]'


class Place(NamedTuple):
    """Where tokens come in, and how the messages begin that tell of it."""

    name: str
    subjects: tuple[str, ...]
    authentication: Sequence[type] = ()
    takes_tokens: bool = False


@dataclass(frozen=True)
class Survey:
    """The names of all places by kind, and what the system checks say of some."""

    guarded: list[str] = field(default_factory=list)
    stateless: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    findings: list[checks.CheckMessage] = field(default_factory=list)

    @property
    def is_authentication_unguarded(self) -> bool:
        """Does a request come in somewhere with a token that nobody asks about?"""
        return any(each.id in OF_AUTHENTICATION for each in self.findings)

    @property
    def is_view_of_tokens_unguarded(self) -> bool:
        """Are tokens made, refreshed or verified somewhere where nobody asks?"""
        return any(each.id not in OF_FAULTS | OF_AUTHENTICATION for each in self.findings)


def survey_entrances() -> Survey:
    """Sort the view classes of the URLconf, and the settings of which a system check tells."""
    found = [each for check in CHECKS for each in check() if each.level >= checks.ERROR]
    survey = Survey(findings=found)
    for place in _places():
        told = {each.id for each in found if each.msg.startswith(place.subjects)}
        if told:
            (survey.broken if told <= OF_FAULTS else survey.unguarded).append(place.name)
        elif any(issubclass(each, JWTStatelessUserAuthentication) for each in place.authentication):
            survey.stateless.append(place.name)
        elif place.takes_tokens:
            survey.guarded.append(place.name)
    return survey


def _places() -> Iterator[Place]:
    yield Place(DEFAULT, (DEFAULT,), default_classes())
    for name in SETTINGS:
        yield Place(_setting(name), (_setting(name),))
    yield from map(_place, entrances())


def _place(entrance: Entrance) -> Place:
    subjects = [f"{entrance},", f"{entrance}:", f"{entrance} with "]
    declared = entrance.attribute("authentication_classes")
    if declared is APIView.authentication_classes:
        declared = default_classes()
        subjects.append(DEFAULT)
    serializer = entrance.attribute("serializer_class")
    if serializer is None:
        subjects.append(_setting(getattr(entrance.view, "serializer_setting", "")))
    authentication = _classes(declared)
    takes_tokens = (
        any(issubclass(each, JWTAuthentication) for each in authentication)
        or issubclass(entrance.view, TokenViewBase)
        or (isinstance(serializer, type) and issubclass(serializer, tuple(OURS)))
    )
    return Place(entrance.pattern, tuple(subjects), authentication, takes_tokens)


def _classes(declared: object) -> list[type]:
    classes = declared if isinstance(declared, Iterable) else ()
    return [each for each in classes if isinstance(each, type)]


def _setting(name: str) -> str:
    return f'SIMPLE_JWT["{name}"]'
