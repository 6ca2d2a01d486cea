"""Tokens without a version: whether the site still accepts those that nobody may mint."""

import time
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from ..conf import ACCEPT, conf
from ..humanize import in_utc
from ..models import Installation
from ..users import write_alias
from .settings import check_settings
from .subjects import Setting

SETTING = Setting("JWT_INVALIDATION", "UNVERSIONED_TOKENS")


def check_unversioned_tokens(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if tokens without a version are accepted whenever they were issued."""
    # `check_settings` reports an impossible setting. It must not reach conf.
    if check_settings() or conf.UNVERSIONED_TOKENS != ACCEPT:
        return []
    try:
        installation = Installation.objects.using(write_alias()).first()
    except (Error, ImproperlyConfigured):
        return [
            checks.Info(
                "When jwt_invalidation was installed could not be read from the database. So it is"
                " unknown whether tokens without a version must still be accepted.",
                hint="Run `manage.py migrate` and this check again when the database answers.",
                obj=SETTING,
                id="jwt_invalidation.I001",
            )
        ]
    if installation is not None and not _has_ended(installation):
        return []
    return [
        checks.Warning(
            'The setting is "accept", which is for the hour of the installation. That ended'
            f" {_when(installation)}. A token without a version that was issued later was minted by"
            " code that does not use jwt_invalidation, perhaps from a revoked refresh token.",
            hint=f"Remove {SETTING}: tokens from before the installation live on.",
            obj=SETTING,
            id="jwt_invalidation.W003",
        )
    ]


def _has_ended(installation: Installation) -> bool:
    return installation.latest_iat is not None and installation.latest_iat < time.time()


def _when(installation: Installation | None) -> str:
    if installation is None or installation.latest_iat is None:
        return "at a time that is not on record"
    return f"at {in_utc(installation.latest_iat)}"
