"""Load one user in one query that is compiled once and run with the claims of each token."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Manager, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from .stock_managers import is_stock

COMPILED = "jwt_invalidation_statements"
# "cached plan must not change result type" has this SQLSTATE.
FEATURE_NOT_SUPPORTED = "0A000"
# The claims that stand in the SQL at once, while a queryset is evaluated that cannot be compiled.
_bound: ContextVar[Mapping[str, Any] | None] = ContextVar("jwt_invalidation_claims", default=None)


@contextmanager
def claims_bound(claims: Mapping[str, Any] | None) -> Iterator[None]:
    """Put these claims in place of `Claim` into all SQL that is built meanwhile."""
    token = _bound.set(claims)
    try:
        yield
    finally:
        _bound.reset(token)


class Claim(Expression):
    """A placeholder, in a strategy's columns, for a claim of the token that is being admitted.

    A claim that is not an instance of ``kind`` counts as absent: some databases cannot compare it.
    """

    def __init__(self, name: str, kind: type = object) -> None:
        super().__init__()
        self.name = name
        self.kind = kind

    def __repr__(self) -> str:
        return f"Claim({self.name!r})"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Put this object among the parameters; `Statement.find_row` replaces it by the claim."""
        claims = _bound.get()
        return "%s", [self if claims is None else self.bind(claims)]

    def bind(self, claims: Mapping[str, Any]) -> str | int | None:
        """Return the value for the database, or None if the database could not compare it."""
        claim = claims.get(self.name)
        return _bindable(claim) if isinstance(claim, self.kind) else None


# A placeholder for the user id. Its field prepares the value, unlike that of other claims.
USER_ID = Claim("")


class Plan:
    """A ``SELECT`` of one row by the id of a user, as SQL: the same on each connection of an alias.

    Building it costs several times as much as running it, and under ASGI each request has a connection
    of its own. So it is built once for the process.
    """

    def __init__(
        self, queryset: QuerySet[Any], id_field: Field[Any, Any], connection: BaseDatabaseWrapper
    ) -> None:
        self.id_field = id_field
        self.model = queryset.model
        self.query = queryset.query
        compiler = self.query.get_compiler(connection=connection)
        # A manager that is asked with a token's claims may come by here. They must not be kept.
        with claims_bound(None):
            self.sql, self.params = compiler.as_sql()
        claims = {n: each for n, each in enumerate(self.params) if isinstance(each, Claim)}
        # Compared by name because the ORM copies expressions.
        self.key_positions = [n for n, each in claims.items() if each.name == USER_ID.name]
        self.claims = [(n, each) for n, each in claims.items() if each.name != USER_ID.name]
        columns = [column for column, _, _ in compiler.select]
        converters = compiler.get_converters(columns)
        # Only these columns are converted. To ask every column on each new connection takes much longer.
        self.converted = [(position, column) for position, (_, column) in converters.items()]
        own = (compiler.klass_info or {}).get("select_fields", [])
        self.own = slice(own[0], own[-1] + 1) if own else slice(0)
        self.own_names = [column.target.attname for column in columns[self.own]]
        self.annotations = list(compiler.annotation_col_map.items())


class Statement:
    """A plan on one connection, whose converters it takes: they know the time zone, for example.

    It uses the same attributes of Django's compiler as the iteration over a queryset.
    """

    def __init__(self, plan: Plan, connection: BaseDatabaseWrapper) -> None:
        self.plan = plan
        self.connection = connection
        self.compiler = plan.query.get_compiler(connection=connection)
        own = connection.ops.get_db_converters
        self.converters = {
            position: (own(column) + column.get_db_converters(connection), column)
            for position, column in plan.converted
        }

    def find_row(self, user_id: Any, claims: Mapping[str, Any]) -> Sequence[Any]:
        """Return the columns of the row; raise the model's ``DoesNotExist`` if there is none.

        Raise it as well for two rows: the settings are wrong then, and no user is meant for sure.
        """
        plan = self.plan
        # Prepared as in a lookup: some backends fail on an unprepared value that matches no row.
        prepared = plan.id_field.get_prep_value(user_id)
        key = plan.id_field.get_db_prep_value(prepared, self.connection, prepared=True)
        params = list(plan.params)
        for position in plan.key_positions:
            params[position] = key
        for position, claim in plan.claims:
            params[position] = claim.bind(claims)
        try:
            rows = self._fetch(params)
        except NotSupportedError as error:
            # Inside a transaction this one is lost. Its rollback makes the driver forget the plan.
            if self.connection.in_atomic_block or not _is_of_stale_plan(error):
                raise
            with self.connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
            rows = self._fetch(params)
        if len(rows) != 1:
            raise plan.model.DoesNotExist
        [row] = self.compiler.apply_converters(rows, self.converters)
        found: Sequence[Any] = row
        return found

    def _fetch(self, params: Sequence[Any]) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(self.plan.sql, params)
            rows: list[Any] = cursor.fetchmany(2)
        return rows

    def find_user(self, user_id: Any, claims: Mapping[str, Any]) -> AbstractBaseUser:
        """Return the user with all columns; raise the model's ``DoesNotExist`` if there is none.

        The annotations are set as attributes.
        """
        plan, row = self.plan, self.find_row(user_id, claims)
        user: AbstractBaseUser = plan.model.from_db(
            self.connection.alias, plan.own_names, row[plan.own]
        )
        for name, position in plan.annotations:
            setattr(user, name, row[position])
        return user


_plans: dict[Hashable, Plan] = {}


def compiled(
    manager: Manager[Any],
    id_field: Field[Any, Any],
    query: Callable[[Manager[Any]], QuerySet[Any]],
    *,
    using: str,
    key: Hashable,
) -> Statement:
    """Return the statement for the queryset that ``query`` makes of the manager.

    It is built once for each alias and ``key``. If the manager is not `is_stock`, it is built each time.
    """
    connection = connections[using]

    def build() -> Plan:
        return Plan(query(manager.db_manager(using)), id_field, connection)

    if not is_stock(type(manager)):  # type: ignore[arg-type]  # a class can be hashed
        return Statement(build(), connection)
    # Kept on the connection, which belongs to one thread. The statements end with it.
    known: dict[Hashable, Statement] = vars(connection).setdefault(COMPILED, {})
    # Some set-ups with a schema for each tenant write it into the name of the table.
    place = (using, connection.vendor, settings.USE_TZ, manager.model._meta.db_table, key)
    if place not in known:
        if place not in _plans:
            _plans[place] = build()
        known[place] = Statement(_plans[place], connection)
    return known[place]


def _is_of_stale_plan(error: NotSupportedError) -> bool:
    """Has PostgreSQL refused to run a prepared statement whose tables were altered since?"""
    return getattr(error.__cause__, "sqlstate", None) == FEATURE_NOT_SUPPORTED


def _bindable(claim: Any) -> str | int | None:
    """Return the claim if every database can compare it, otherwise None."""
    if type(claim) is int and -(2**63) <= claim < 2**63:
        return claim
    if type(claim) is str and claim.isprintable():
        return claim
    return None
