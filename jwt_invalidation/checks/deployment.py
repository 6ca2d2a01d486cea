"""How long tokens from before the installation have been accepted."""

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

LIFETIMES = (
    "ACCESS_TOKEN_LIFETIME",
    "REFRESH_TOKEN_LIFETIME",
    "SLIDING_TOKEN_LIFETIME",
    "SLIDING_TOKEN_REFRESH_LIFETIME",
)
HINT = 'Write: JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}'


def check_unversioned_tokens(**kwargs: Any) -> list[checks.CheckMessage]:
    """Doubt that tokens without a version need be accepted once all of the old ones have expired."""
    # An impossible setting is told elsewhere, and conf would stumble over it.
    if check_settings() or conf.UNVERSIONED_TOKENS != "accept":
        return []
    try:
        installed = _installed()
    except (Error, ImproperlyConfigured, LookupError):
        return [
            checks.Info(
                "When jwt_invalidation was installed could not be read from the database, so"
                " nor could whether tokens without a version need still be accepted.",
                hint="Run `manage.py migrate` and this check again, where the database answers.",
                id="jwt_invalidation.I001",
            )
        ]
    if timezone.now() <= installed + _longest_lifetime():
        return []
    return [
        checks.Warning(
            'JWT_INVALIDATION["UNVERSIONED_TOKENS"] is "accept", but all tokens from before'
            f" {installed:%Y-%m-%d}, when jwt_invalidation was installed, have expired: what carries"
            " no version now was not minted by this app.",
            hint=HINT,
            id="jwt_invalidation.W003",
        )
    ]


def _installed() -> datetime:
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
