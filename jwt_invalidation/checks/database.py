"""Where the users are and where our tables are: the gate reads both in one statement."""

from typing import Any

from django.core import checks
from django.db import router
from django.db.models import Model

from ..models import Revocation, TokenEpoch, TokenState
from ..users import user_model


def check_routers(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse routers that part users from the tables of this app."""
    return parted_from_users(TokenState, TokenEpoch, Revocation)


def parted_from_users(*tables: type[Model]) -> list[checks.CheckMessage]:
    """Return an error for each of the tables that is not in the database of the users."""
    users = user_model()
    using = router.db_for_write(users)
    return [
        checks.Error(
            f"{users._meta.label} is written to the database {using!r}, but the routers"
            f" {_elsewhere(model, using)}: they must share one database.",
            hint=f'Let DATABASE_ROUTERS answer for the app "{model._meta.app_label}" as for'
            f' "{users._meta.app_label}".',
            id="jwt_invalidation.E013",
        )
        for model in tables
        if router.db_for_write(model) != using or not router.allow_migrate_model(using, model)
    ]


def _elsewhere(model: Any, using: str) -> str:
    written = router.db_for_write(model)
    if written != using:
        return f"send {model._meta.label} to {written!r}"
    return f"do not let the table of {model._meta.label} be made there"
