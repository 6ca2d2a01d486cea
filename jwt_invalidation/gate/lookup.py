"""Find the user that a token names, with all that the gate and the strategies read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Field, FilteredRelation, Manager, QuerySet
from django.db.models.expressions import Combinable

from ..conf import conf
from ..db.compiled_query import USER_ID, UserStatement, compiled
from ..state.snapshot import CREDENTIAL_COLUMNS
from ..strategies.active import active_strategies
from ..users import user_model


def find_user(user_id: Any, claims: Mapping[str, Any], *, using: str) -> AbstractBaseUser:
    """Return the user in one statement; raise the user model's ``DoesNotExist``."""
    return statement(using).find_user(user_id, claims)


def statement(using: str) -> UserStatement:
    """Return the statement for the current user model, settings and strategies."""
    manager = _manager()
    key = (
        manager.model,
        conf.simplejwt.USER_ID_FIELD,
        conf.simplejwt.JTI_CLAIM,
        conf.simplejwt.TOKEN_TYPE_CLAIM,
        active_strategies(),
    )
    return compiled(UserStatement, manager, user_id_field(), _query, using=using, key=key)


def user_id_field() -> Field[Any, Any]:
    """Return the field of the user model that the claim of the user id names."""
    name = conf.simplejwt.USER_ID_FIELD
    meta = user_model()._meta
    return cast("Field[Any, Any]", meta.pk if name == "pk" else meta.get_field(name))


def columns() -> dict[str, Combinable | FilteredRelation]:
    """Return all that is read beside the user: for the gate itself, then for each strategy."""
    wanted: dict[str, Combinable | FilteredRelation] = dict(CREDENTIAL_COLUMNS)
    for strategy in active_strategies():
        wanted.update(strategy.columns)
    return wanted


def _query(manager: Manager[Any]) -> QuerySet[Any]:
    users = manager.get_queryset().filter(**{conf.simplejwt.USER_ID_FIELD: USER_ID})
    # Whole, whatever the manager defers: the password must be of the same moment as the state.
    return cast("QuerySet[Any]", users.defer(None).annotate(**columns()))


def _manager() -> Manager[Any]:
    # As simplejwt has it: users that `objects` hides cannot authenticate.
    model = user_model()
    manager: Manager[Any] = getattr(model, "objects", model._default_manager)
    return manager
