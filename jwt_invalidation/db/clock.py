"""The database's clock, which all processes share."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Func


class UnixNow(Func):
    """The time of the statement, as a NumericDate (RFC 7519, section 2) in whole seconds."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return SQL for SQLite, which reads the clock of the process."""
        # SQLite must get one %. Django halves the signs twice: here, and when it fills in parameters.
        template = "CAST(strftime('%%%%s', 'now') AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return SQL for PostgreSQL. Its ``now()`` is the beginning of the transaction."""
        template = "FLOOR(EXTRACT(EPOCH FROM STATEMENT_TIMESTAMP()))::bigint"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return SQL for MySQL and MariaDB, whose own ``NOW()`` depends on a time zone."""
        return super().as_sql(compiler, connection, template="UNIX_TIMESTAMP()", **context)
