"""The gate's one query: compiled once, run with each token's claims."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Manager, QuerySet
from django.db.models.expressions import Combinable

from . import state
from .conf import conf
from .strategies.base import Claim
from .strategies.force import strategies_in_force
from .users import user_model

# Stands for the user id, which is bound as the field wants it, not as the claim has it.
USER_ID = Claim("")
COMPILED = "jwt_invalidation_statements"


class Statement:
    """One compiled ``SELECT`` of a user with everything the strategies read.

    Building this query costs several times what running it does, so it is built once for each
    connection. Reads what Django's own iteration over a queryset reads off the compiler, and turns
    rows into instances by `Model.from_db`, which is public.
    """

    def __init__(self, queryset: "QuerySet[Any]", connection: BaseDatabaseWrapper) -> None:
        self.model = queryset.model
        self.connection = connection
        self.compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.params = self.compiler.as_sql()
        self.claims = [each for each in self.params if isinstance(each, Claim)]
        columns = [column for column, _, _ in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)
        own = self.compiler.klass_info["select_fields"]
        self.own = slice(own[0], own[-1] + 1)
        self.own_names = [column.target.attname for column in columns[self.own]]
        self.annotations = list(self.compiler.annotation_col_map.items())

    def run(self, user_id: Any, claims: Mapping[str, Any]) -> AbstractBaseUser:
        """Return the user with all columns; raise the model's ``DoesNotExist``.

        ``user_id`` is as the database wants it. Two users of one id are an error of the settings,
        and nobody.
        """
        bound = {each.name: _bindable(claims.get(each.name)) for each in self.claims}
        bound[USER_ID.name] = user_id
        params = [bound[each.name] if isinstance(each, Claim) else each for each in self.params]
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchmany(2)
        if len(rows) != 1:
            raise self.model.DoesNotExist
        row = rows[0]
        if self.converters:
            [row] = self.compiler.apply_converters(rows, self.converters)
        user: AbstractBaseUser = self.model.from_db(
            self.connection.alias, self.own_names, row[self.own]
        )
        for name, position in self.annotations:
            setattr(user, name, row[position])
        return user


def statement(using: str) -> Statement:
    """Return the gate's statement for the present user model, settings and strategies."""
    connection = connections[using]
    manager = _manager()
    if not _answers_alike(type(manager)):  # type: ignore[arg-type]  # a class can be hashed
        # It may answer differently on each request (a tenant, say), so nothing is kept.
        return Statement(_queryset(manager, using), connection)
    # Kept on the connection, which belongs to one thread: what is compiled for it dies with it.
    known: dict[Any, Statement] = vars(connection).setdefault(COMPILED, {})
    key = (manager.model, conf.simplejwt.USER_ID_FIELD, strategies_in_force())
    if key not in known:
        known[key] = Statement(_queryset(manager, using), connection)
    return known[key]


def user_id_field() -> "Field[Any, Any]":
    """Return the field of the user model that the claim of the user id names."""
    name = conf.simplejwt.USER_ID_FIELD
    meta = user_model()._meta
    return cast("Field[Any, Any]", meta.pk if name == "pk" else meta.get_field(name))


def columns() -> dict[str, Combinable]:
    """Return all that is read beside the user: for the gate itself, then for each strategy."""
    wanted = state.credential_columns()
    for strategy in strategies_in_force():
        wanted.update(strategy.columns)
    return wanted


def _bindable(claim: Any) -> str | int | None:
    """Return a claim that every database can compare; others are as good as absent."""
    if type(claim) is int and -(2**63) <= claim < 2**63:
        return claim
    if type(claim) is str and claim.isprintable():
        return claim
    return None


def _manager() -> "Manager[Any]":
    # As simplejwt has it: users that `objects` hides cannot authenticate.
    model = user_model()
    manager: Manager[Any] = getattr(model, "objects", model._default_manager)
    return manager


@cache
def _answers_alike(manager_class: "type[Manager[Any]]") -> bool:
    """Is every queryset of such a manager that of all users, whatever the request?"""
    if manager_class.get_queryset is not Manager.get_queryset:
        return False
    # What a manager's `from_queryset` was given may override the methods used here, too.
    queryset_class = getattr(manager_class, "_queryset_class", QuerySet)
    used = ("__init__", "all", "annotate", "filter", "_chain", "_clone", "_filter_or_exclude")
    return all(getattr(queryset_class, name) is getattr(QuerySet, name) for name in used)


def _queryset(manager: "Manager[Any]", using: str) -> "QuerySet[Any]":
    users = manager.db_manager(using).get_queryset()
    wanted = users.filter(**{conf.simplejwt.USER_ID_FIELD: USER_ID}).annotate(**columns())
    return cast("QuerySet[Any]", wanted)
