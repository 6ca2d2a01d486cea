"""Find the user that a token names, with all that the gate and the strategies read."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import randbits
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Field, FilteredRelation, Manager, QuerySet, Value
from django.db.models.expressions import Combinable

from ..conf import conf
from ..db.compiled_query import USER_ID, Statement, claims_bound, compiled
from ..db.stock_managers import is_stock
from ..state.snapshot import CREDENTIAL_COLUMNS
from ..strategies.active import active_strategies
from ..users import user_model

# An annotation by which a user that was read just now is known.
MARK = "jwt_invalidation_mark"


def find_user(user_id: Any, claims: Mapping[str, Any], *, using: str) -> AbstractBaseUser:
    """Return the user as ``objects.get()`` does; raise the user model's ``DoesNotExist``.

    All that the gate reads comes in one statement. What the manager prefetches takes further ones.
    """
    manager = _manager()
    if is_stock(type(manager)):  # type: ignore[arg-type]  # a class can be hashed
        return statement(manager, using).find_user(user_id, claims)
    return _ask(manager, user_id, claims, using=using)


def statement(manager: Manager[Any], using: str) -> Statement:
    """Return the compiled statement for a stock manager, and the current settings and strategies."""
    key = (
        manager.model,
        conf.simplejwt.USER_ID_FIELD,
        conf.simplejwt.JTI_CLAIM,
        conf.simplejwt.TOKEN_TYPE_CLAIM,
        active_strategies(),
    )
    return compiled(manager, user_id_field(), _query, using=using, key=key)


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


def _ask(
    manager: Manager[Any], user_id: Any, claims: Mapping[str, Any], *, using: str
) -> AbstractBaseUser:
    """Let the manager make the user: related rows, prefetches and other classes are its business.

    Raise ``ImproperlyConfigured`` unless this very call has read the user: a state from a cache
    would let revoked tokens in.
    """
    model, mark = user_model(), randbits(32)
    # A copy, so it can be told which queryset to start from.
    own = manager.db_manager(using)
    with claims_bound(claims):
        users = _annotated(own.get_queryset().using(using)).annotate(**{MARK: Value(mark)})
        own.get_queryset = lambda: users  # type: ignore[method-assign]  # see above
        try:
            user: AbstractBaseUser = own.get(**{conf.simplejwt.USER_ID_FIELD: user_id})
        except model.MultipleObjectsReturned as error:
            # The settings are wrong then, and no user is meant for sure.
            raise model.DoesNotExist from error
    if vars(user).pop(MARK, None) != mark:
        raise ImproperlyConfigured(
            f"{type(manager).__name__}.get() must read {model._meta.label} from the database each"
            " time, and keep annotations."
        )
    return user


def _query(manager: Manager[Any]) -> QuerySet[Any]:
    return _annotated(manager.get_queryset()).filter(**{conf.simplejwt.USER_ID_FIELD: USER_ID})


def _annotated(users: QuerySet[Any]) -> QuerySet[Any]:
    # Whole, whatever the manager defers: the password must be of the same moment as the state.
    return cast("QuerySet[Any]", users.defer(None).annotate(**columns()))


def _manager() -> Manager[Any]:
    # As simplejwt has it: users that `objects` hides cannot authenticate.
    model = user_model()
    manager: Manager[Any] = getattr(model, "objects", model._default_manager)
    return manager
