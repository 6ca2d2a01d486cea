"""Sort the views that take tokens: does each of them check whether a token was revoked?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.checks import ERROR, CheckMessage

from ..authentication import JWTStatelessUserAuthentication
from ..checks.authentication import check_default_authentication, check_reachable_authentication
from ..checks.minting import MINTING_SETTINGS, check_minting_settings, check_minting_views
from ..checks.reachable import default_authentication_classes, reachable_views
from ..checks.replacements import SERIALIZERS_BY_SETTING
from ..checks.serializers import check_declared_serializers, check_reachable_serializers
from ..checks.strategies import check_strategies
from ..checks.subjects import DEFAULT_AUTHENTICATION, simplejwt_setting
from ..checks.views import check_reachable_views

CHECKS = (
    check_default_authentication,
    check_reachable_authentication,
    check_reachable_views,
    check_declared_serializers,
    check_reachable_serializers,
    check_strategies,
    check_minting_settings,
    check_minting_views,
)
#: Errors about classes that authenticate requests although they lack the gate.
UNGUARDED_AUTHENTICATION = {"jwt_invalidation.E005", "jwt_invalidation.E006"}
#: Errors about what answers 500, refuses every token, or mints tokens that are refused. It accepts no
#: revoked token.
FAULTS = {f"jwt_invalidation.E0{number}" for number in (10, 13, 16, 17, 18, 19, 20, 21, 23, 24)}


@dataclass(frozen=True)
class Finding:
    """What a system check says. The message begins with its subject."""

    id: str | None
    message: str
    hint: str | None


@dataclass(frozen=True)
class Views:
    """The names of views, and of the settings that name classes for several views, by kind."""

    guarded: list[str]
    stateless: list[str]
    unguarded: list[str]
    broken: list[str]
    findings: list[Finding]


def survey_views() -> Views:
    """Sort the views of the URLconf, and the settings that the system checks report."""
    messages = [each for check in CHECKS for each in check() if each.level >= ERROR]
    kinds: dict[str, list[str]] = {"guarded": [], "stateless": [], "unguarded": [], "broken": []}
    for name, subjects, classes, takes_tokens in _candidates():
        ids = {each.id for each in messages if each.obj in subjects}
        if ids:
            kinds["broken" if ids <= FAULTS else "unguarded"].append(name)
        elif any(issubclass(each, JWTStatelessUserAuthentication) for each in classes):
            kinds["stateless"].append(name)
        elif takes_tokens:
            kinds["guarded"].append(name)
    return Views(**kinds, findings=findings_of(messages))


def findings_of(messages: Iterable[CheckMessage]) -> list[Finding]:
    """Return what the messages of system checks say."""
    return [Finding(each.id, f"{each.obj}: {each.msg}", each.hint) for each in messages]


def _candidates() -> Iterator[tuple[str, list[object], list[type], bool]]:
    """Yield name, subjects of messages about it, authentication classes, and if it takes tokens."""
    default = DEFAULT_AUTHENTICATION
    yield str(default), [default], default_authentication_classes(), False
    for setting in (*map(simplejwt_setting, SERIALIZERS_BY_SETTING), *MINTING_SETTINGS):
        yield str(setting), [setting], [], False
    for view in reachable_views():
        yield view.pattern, [view, *view.settings], view.authentication_classes, view.takes_tokens
