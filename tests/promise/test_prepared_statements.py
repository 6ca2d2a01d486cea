"""Where PostgreSQL keeps the plan of the gate's statement, a change of the tables loses no request."""

from django.contrib.auth import get_user_model
from django.db import NotSupportedError, connection, connections, transaction
import pytest

from jwt_invalidation.db.compiled_query import Statement
from jwt_invalidation.state.snapshot import take_snapshot
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps plans"),
]


@pytest.fixture(autouse=True)
def prepared(monkeypatch):
    """Let the driver prepare each statement when it is first sent."""
    options = {"server_side_binding": True, "prepare_threshold": 0}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    connection.close()
    yield
    monkeypatch.undo()
    connection.close()


@pytest.fixture
def alter():
    """Return a function that changes a column of the users, as a migration by another process does."""
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    other = connections.create_connection("default")

    def run(kind):
        with other.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN password TYPE {kind}")

    yield run
    run("varchar(128)")
    other.close()


def test_a_plan_that_has_become_stale_is_made_anew(client, alice, alter):
    hers = people.tokens(client, alice)
    assert_alive(client, hers)

    alter("varchar(200)")

    assert people.ask(client, hers["access"]).status_code == 200
    assert_alive(client, hers)
    alice.set_password("another horse")
    alice.save()
    assert_revoked(client, hers)


def test_inside_a_transaction_one_request_is_answered_503_and_the_next_one_is_not(
    client, alice, alter
):
    hers = people.tokens(client, alice)
    assert_alive(client, hers)
    alter("varchar(200)")

    with transaction.atomic():
        answer = people.ask(client, hers["access"])
        transaction.set_rollback(True)

    assert answer.status_code == 503
    with transaction.atomic():
        assert people.ask(client, hers["access"]).status_code == 200


def test_what_the_database_cannot_do_for_another_reason_is_not_tried_again(alice, monkeypatch):
    tried = []

    def fail(self, params):
        tried.append(params)
        raise NotSupportedError

    monkeypatch.setattr(Statement, "_fetch", fail)

    with pytest.raises(NotSupportedError):
        take_snapshot(alice.pk, using="default")

    assert len(tried) == 1
