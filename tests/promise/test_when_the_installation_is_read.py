"""The moment of installation: when a process reads it, writes it, and remembers it."""

from django.db import connection, transaction
import pytest

from jwt_invalidation.models import Installation
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import legacy, people
from tests.support.clock import NOON
from tests.support.legacy import begin_installation, end_installation, stock_pair_of
from tests.support.outages import assert_unavailable, table_missing
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.queries import queries_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_user_model,
    pytest.mark.usefixtures("clock"),
]

HOUR = 3600
NOW = int(NOON.timestamp())


def latest_iat():
    return Installation.objects.get().latest_iat


def ours(statements):
    return [each for each in statements if "jwt_invalidation_installation" in each]


def test_a_process_that_saw_no_moment_learns_of_the_one_that_another_process_wrote(
    client, alice, clock
):
    hers = legacy.pair_of(alice)
    assert people.ask(client, hers["access"]).status_code == 200
    Installation.objects.update(latest_iat=NOW + HOUR)
    clock.shift(HOUR + 1)

    assert_revoked(client, stock_pair_of(alice))


def test_the_moment_is_read_once_and_again_half_an_hour_later_while_there_is_none(
    client, alice, clock
):
    hers = legacy.pair_of(alice)

    def reads(pair):
        statements = ours(queries_of(lambda: people.ask(client, pair["access"])))
        return len([each for each in statements if each.startswith("SELECT")])

    assert [reads(hers), reads(hers)] == [1, 0]
    clock.shift(HOUR // 2)
    assert reads(stock_pair_of(alice)) == 0
    clock.shift(1)
    assert [reads(stock_pair_of(alice)), reads(stock_pair_of(alice))] == [1, 0]
    people.tokens(client, alice)
    clock.shift(HOUR)
    end = stock_pair_of(alice)
    clock.shift(1)
    assert [reads(end), reads(stock_pair_of(alice)), reads(stock_pair_of(alice))] == [1, 0, 0]


def test_a_process_asks_at_its_first_login_and_then_no_more(client, alice):
    begin_installation()
    asked = [len(ours(queries_of(lambda: people.login(client, alice)))) for _ in range(4)]

    # Read, lock and write; read what was written; nothing.
    assert asked == [3, 1, 0, 0]


def test_without_the_row_a_process_asks_at_its_first_login_alone(client, alice):
    asked = [len(ours(queries_of(lambda: people.login(client, alice)))) for _ in range(2)]

    assert asked == [1, 0]


def test_a_moment_that_was_rolled_back_is_not_remembered(client, alice, clock):
    begin_installation()
    with transaction.atomic():
        AccessToken.for_user(alice)
        AccessToken.for_user(alice)
        transaction.set_rollback(True)
    assert latest_iat() is None
    clock.shift(HOUR)

    people.tokens(client, alice)

    assert latest_iat() == NOW + 2 * HOUR


def test_where_django_manages_no_transactions_nothing_is_remembered_either(client, alice):
    hers = legacy.pair_of(alice)
    connection.set_autocommit(False)
    try:
        statements = [
            ours(queries_of(lambda: people.ask(client, hers["access"]))) for _ in range(2)
        ]
    finally:
        connection.rollback()
        connection.set_autocommit(True)

    assert [len(each) for each in statements] == [1, 1]


def test_each_schema_of_a_tenant_has_a_moment_of_its_own(client, alice, monkeypatch):
    end_installation(NOW - 1)
    assert_revoked(client, stock_pair_of(alice))
    Installation.objects.update(latest_iat=NOW)

    monkeypatch.setattr(connection, "schema_name", "tenant", raising=False)

    assert_alive(client, stock_pair_of(alice))


def test_while_the_table_is_missing_logins_and_old_tokens_get_a_503(client, alice):
    hers, current = stock_pair_of(alice), people.tokens(client, alice)
    end_installation(NOW)

    with table_missing(Installation):
        assert_unavailable(people.login(client, alice))
        assert_unavailable(people.ask(client, hers["access"]))
        assert people.ask(client, current["access"]).status_code == 200

    assert people.ask(client, hers["access"]).status_code == 200
    assert RefreshToken.for_user(alice)
