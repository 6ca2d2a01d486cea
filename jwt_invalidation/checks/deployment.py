"""Tokens without a version: whether they must still be accepted."""

from datetime import datetime, timedelta
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone

from ..conf import conf
from ..users import write_alias
from .settings import check_settings
from .subjects import Setting

LIFETIMES = (
    "ACCESS_TOKEN_LIFETIME",
    "REFRESH_TOKEN_LIFETIME",
    "SLIDING_TOKEN_LIFETIME",
    "SLIDING_TOKEN_REFRESH_LIFETIME",
)
SETTING = Setting("JWT_INVALIDATION", "UNVERSIONED_TOKENS")
HINT = 'Write: JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}'


def check_unversioned_tokens(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if tokens without a version are accepted after all of the old ones have expired."""
    # `check_settings` reports an impossible setting. It must not reach conf.
    if check_settings() or conf.UNVERSIONED_TOKENS != "accept":
        return []
    try:
        installed_at = _read_installed_at()
    except (Error, ImproperlyConfigured, LookupError):
        return [
            checks.Info(
                "The date when jwt_invalidation was installed could not be read from the database."
                " So it is unknown whether tokens without a version must still be accepted.",
                hint="Run `manage.py migrate` and this check again when the database answers.",
                obj=SETTING,
                id="jwt_invalidation.I001",
            )
        ]
    if timezone.now() <= installed_at + _longest_lifetime():
        return []
    return [
        checks.Warning(
            'The setting is "accept", but all tokens from before'
            f" {installed_at:%Y-%m-%d}, when jwt_invalidation was installed, have expired. A token"
            " without a version was not minted by this app.",
            hint=HINT,
            obj=SETTING,
            id="jwt_invalidation.W003",
        )
    ]


def _read_installed_at() -> datetime:
    """Return when the first of our migrations was applied; raise ``LookupError`` if none was."""
    recorder = MigrationRecorder(connections[write_alias()])
    applied = recorder.migration_qs.filter(app="jwt_invalidation").aggregate(first=Min("applied"))
    if applied["first"] is None:
        raise LookupError
    first: datetime = applied["first"]
    return first


def _longest_lifetime() -> timedelta:
    longest: timedelta = max(getattr(conf.simplejwt, name) for name in LIFETIMES)
    return longest + conf.leeway
