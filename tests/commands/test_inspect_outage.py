"""A database that fails while the user is looked up."""

import io
import sys

from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
import pytest

from jwt_invalidation.tokens import AccessToken

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_database_that_fails_in_the_middle_is_told_as_such(alice, monkeypatch):
    token = str(AccessToken.for_user(alice))
    monkeypatch.setattr(sys, "stdin", io.StringIO(token))

    def fail(execute, sql, params, many, context):
        if "jwt_invalidation_tokenstate" in sql and sql.startswith("SELECT"):
            raise OperationalError("server closed the connection")
        return execute(sql, params, many, context)

    with (
        connection.execute_wrapper(fail),
        pytest.raises(CommandError, match="The database failed: server closed") as caught,
    ):
        call_command("inspect_token", stdout=io.StringIO())

    assert token not in str(caught.value)
