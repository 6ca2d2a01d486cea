"""The keys of ``JWT_INVALIDATION``, and the values that each of them allows."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, NamedTuple

from django.conf import settings
from django.core import checks

from ..conf import KEYS, SESSION_STRATEGY, VERSION_STRATEGY
from ..maintenance.flush import LONGEST_RETENTION
from ..sessions.lifecycle import USED_EVERY
from ..strategies.base import Strategy
from .classes import dotted, load_class
from .subjects import STRATEGIES, Setting

DICT = Setting("JWT_INVALIDATION")


class Rule(NamedTuple):
    """The values that a key allows: as a test, in words, and as an example to paste."""

    allows: Callable[[Any], bool]
    expected: str
    example: str


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)


def _is_policy(value: Any) -> bool:
    return value in ("accept", "reject")


def _is_duration(value: Any) -> bool:
    return isinstance(value, timedelta) and value >= timedelta(0)


def _is_positive_integer(value: Any) -> bool:
    # Not isinstance: True is an int.
    return type(value) is int and value > 0


RULES: Mapping[str, Rule] = {
    "STRATEGIES": Rule(
        _is_list_of_strings,
        "a list of dotted paths",
        f'"STRATEGIES": ["{VERSION_STRATEGY}", "{SESSION_STRATEGY}"]',
    ),
    "UNVERSIONED_TOKENS": Rule(
        _is_policy, '"accept" or "reject"', '"UNVERSIONED_TOKENS": "accept"'
    ),
    "ROTATION_GRACE": Rule(_is_duration, "a timedelta", '"ROTATION_GRACE": timedelta(seconds=10)'),
    "SESSION_IDLE_LIFETIME": Rule(
        # The last use of a session is written once a minute at most.
        lambda value: value is None or (_is_duration(value) and value > USED_EVERY),
        "a timedelta of more than a minute, or None",
        '"SESSION_IDLE_LIFETIME": timedelta(days=7)',
    ),
    "SESSION_LIFETIME": Rule(
        lambda value: _is_duration(value) and value > timedelta(0),
        "a timedelta above zero",
        '"SESSION_LIFETIME": timedelta(days=30)',
    ),
    "MAX_SESSIONS_PER_USER": Rule(
        lambda value: value is None or _is_positive_integer(value),
        "a positive integer, or None",
        '"MAX_SESSIONS_PER_USER": 10',
    ),
    "SESSION_LIMIT_POLICY": Rule(
        lambda value: value in ("evict", "refuse"),
        '"evict" or "refuse"',
        '"SESSION_LIMIT_POLICY": "evict"',
    ),
    "SESSION_IP_ADDRESS": Rule(
        lambda value: value in ("full", "truncated", "none"),
        '"full", "truncated" or "none"',
        '"SESSION_IP_ADDRESS": "truncated"',
    ),
    "RECENT_LOGIN_AGE": Rule(
        lambda value: _is_duration(value) and value > timedelta(0),
        "a timedelta above zero",
        '"RECENT_LOGIN_AGE": timedelta(minutes=15)',
    ),
    "AUDIT_RETENTION": Rule(
        lambda value: _is_duration(value) and value <= LONGEST_RETENTION,
        "a timedelta of at most a hundred years",
        '"AUDIT_RETENTION": timedelta(days=365)',
    ),
    "MAX_TOKEN_LENGTH": Rule(
        _is_positive_integer, "a positive integer, in bytes", '"MAX_TOKEN_LENGTH": 8192'
    ),
}


def check_settings(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse unknown keys and impossible values."""
    declared = getattr(settings, "JWT_INVALIDATION", {})
    if not isinstance(declared, Mapping):
        return [
            checks.Error(
                f"The setting must be a dict, not {declared!r}.",
                hint="Write: JWT_INVALIDATION = {}. All its keys are optional.",
                obj=DICT,
                id="jwt_invalidation.E001",
            )
        ]
    return [*_unknown_keys(declared), *_impossible_values(declared), *_strategies(declared)]


def _unknown_keys(declared: Mapping[Any, Any]) -> Iterator[checks.CheckMessage]:
    for key in declared:
        if key in KEYS:
            continue
        close = get_close_matches(str(key).upper(), KEYS, n=1)
        advice = f'Did you mean "{close[0]}"?' if close else "Remove it."
        yield checks.Error(
            f"The setting has an unknown key: {key!r}.",
            hint=f"{advice} The keys are {', '.join(KEYS)}.",
            obj=DICT,
            id="jwt_invalidation.E002",
        )


def _impossible_values(declared: Mapping[Any, Any]) -> Iterator[checks.CheckMessage]:
    for key, rule in RULES.items():
        if key in declared and not rule.allows(declared[key]):
            yield checks.Error(
                f"The setting must be {rule.expected}, not {declared[key]!r}.",
                hint=f"Write in JWT_INVALIDATION, for example: {rule.example}{_import_of(rule)}",
                obj=Setting(DICT.name, key),
                id="jwt_invalidation.E003",
            )


def _import_of(rule: Rule) -> str:
    return ", with `from datetime import timedelta`." if "timedelta(" in rule.example else "."


def _strategies(declared: Mapping[Any, Any]) -> Iterator[checks.CheckMessage]:
    paths = declared.get("STRATEGIES", [])
    for path in paths if _is_list_of_strings(paths) else []:
        try:
            found = load_class(path)
        except ImportError as error:
            problem = f"which cannot be imported: {error}"
        else:
            if issubclass(found, Strategy):
                continue
            problem = f"which is not a {dotted(Strategy)}"
        yield checks.Error(
            f"The setting names {path!r}, {problem}.",
            hint=f"Name children of Strategy: {RULES['STRATEGIES'].example}",
            obj=STRATEGIES,
            id="jwt_invalidation.E004",
        )
