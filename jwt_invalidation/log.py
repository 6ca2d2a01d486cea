"""Write the revocation log: one line for each user, in one statement for many."""

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import F, Value

from .models import Revocation, TokenState

# Of the log's columns, those that come from the state row of the user.
FROM_STATE = {"subject": F("user"), "version": F("token_version")}


def write_lines(user_ids: Sequence[Any], line: Revocation, *, using: str) -> None:
    """Insert ``line`` once for each of the users that has a state row, with its present version.

    One ``INSERT ... SELECT``: a hundred thousand lines take a tenth of the time of bulk_create.
    """
    connection = connections[using]
    fields = [field for field in Revocation._meta.local_concrete_fields if not field.primary_key]
    columns = [
        FROM_STATE.get(field.name, Value(getattr(line, field.attname), output_field=field))
        for field in fields
    ]
    rows = TokenState.objects.using(using).filter(user__in=user_ids).values_list(*columns)
    select, params = rows.query.get_compiler(using=using).as_sql()
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.attname) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(Revocation._meta.db_table)} ({names}) {select}", params)
