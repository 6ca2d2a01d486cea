"""Routers that separate users from our tables, which the gate reads in one statement."""

from typing import Any

from django.core import checks
from django.db import router
from django.db.models import Model

from ..models import (
    Installation,
    Revocation,
    SecretKeyUse,
    TokenEpoch,
    TokenSession,
    TokenState,
)
from ..users import user_model
from .subjects import Setting


def check_routers(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse routers that separate users from the tables of this app."""
    return separated_from_users(
        TokenState, TokenEpoch, TokenSession, Revocation, Installation, SecretKeyUse
    )


def separated_from_users(*tables: type[Model]) -> list[checks.CheckMessage]:
    """Return an error for each of these tables that is not in the database of the users."""
    users = user_model()
    using = router.db_for_write(users)
    return [
        checks.Error(
            f"{users._meta.label} is written to the database {using!r}, but the routers"
            f" {_elsewhere(model, using)}: they must share one database.",
            hint="Let DATABASE_ROUTERS give the same answers for the app"
            f' "{model._meta.app_label}" as for "{users._meta.app_label}".',
            obj=Setting("DATABASE_ROUTERS"),
            id="jwt_invalidation.E013",
        )
        for model in tables
        if router.db_for_write(model) != using or _is_kept_out(model, using)
    ]


def _is_kept_out(model: Any, using: str) -> bool:
    """May the users' table be made there, but not this one?

    Where users live in the schemas of tenants alone, neither may be made in the public schema.
    """
    users_are_allowed = router.allow_migrate_model(using, user_model())
    return bool(users_are_allowed) and not router.allow_migrate_model(using, model)


def _elsewhere(model: Any, using: str) -> str:
    written = router.db_for_write(model)
    if written != using:
        return f"send {model._meta.label} to {written!r}"
    return f"do not let the table of {model._meta.label} be made there"
