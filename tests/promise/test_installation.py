"""The moment of installation: later tokens without our claims are refused, and why is told."""

from importlib import import_module
import logging

from django.core.management import call_command
from django.db import connection, transaction
import pytest
from rest_framework_simplejwt import tokens as simplejwt

from jwt_invalidation.models import Installation
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import legacy, people
from tests.support.clock import NOON
from tests.support.legacy import begin_installation, end_installation
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
DETAIL = (
    "The token was minted by code that does not use jwt_invalidation, after its installation. Mint"
    " with jwt_invalidation.tokens."
)


def latest_iat():
    return Installation.objects.get().latest_iat


def stock_pair(user):
    """Return a pair that simplejwt makes, whatever is on record about the installation."""
    refresh = simplejwt.RefreshToken.for_user(user)
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


def ours(statements):
    return [each for each in statements if "jwt_invalidation_installation" in each]


@pytest.fixture
def installed():
    """Let the installation have ended a second ago."""
    end_installation(NOW - 1)


def test_a_migrated_site_has_the_row_and_what_an_old_process_mints_then_lives_on(
    client, alice, clock
):
    migration = import_module("jwt_invalidation.migrations.0004_installation").Migration
    call_command("migrate", *migration.dependencies[0], verbosity=0)
    call_command("migrate", "jwt_invalidation", verbosity=0)
    assert latest_iat() is None
    clock.shift(2 * HOUR)
    hers = stock_pair(alice)

    clock.shift(1)
    later = people.tokens(client, alice)

    assert latest_iat() == NOW + 3 * HOUR + 1
    assert_alive(client, hers)
    assert_alive(client, later)


@pytest.mark.parametrize(("seconds", "lives"), [(HOUR, True), (HOUR + 1, False)])
def test_an_old_process_may_mint_for_an_hour_after_the_first_stamped_token(
    client, alice, clock, seconds, lives
):
    begin_installation()
    people.tokens(client, alice)
    clock.shift(seconds)

    (assert_alive if lives else assert_revoked)(client, stock_pair(alice))


def test_what_an_old_worker_mints_whose_clock_is_30_seconds_fast_lives_on(client, alice, clock):
    begin_installation()
    clock.shift(30)
    hers = stock_pair(alice)
    clock.shift(-30)
    people.tokens(client, alice)
    clock.shift(30)

    assert_alive(client, hers)


def test_a_new_worker_whose_clock_is_30_seconds_slow_stamps_first_and_refuses_nobody(
    client, alice, clock
):
    begin_installation()
    hers = stock_pair(alice)
    clock.shift(-30)
    people.tokens(client, alice)
    clock.shift(30)

    assert_alive(client, hers)


def test_the_refresh_of_an_old_token_is_the_first_stamp_as_a_login_is(client, alice, clock):
    hers = legacy.pair_of(alice)
    clock.shift(HOUR)

    assert people.refresh(client, hers["refresh"]).status_code == 200

    assert latest_iat() == NOW + 2 * HOUR


@pytest.mark.usefixtures("installed")
def test_a_token_that_simplejwt_makes_of_a_dead_refresh_token_is_refused(client, alice):
    dead = simplejwt.RefreshToken.for_user(alice)
    dead["iat"] = NOW - HOUR
    alice.set_password("another horse")
    alice.save()

    answer = people.ask(client, str(dead.access_token))

    assert answer.json() == {"detail": "Token has been revoked", "code": "token_revoked"}


@pytest.mark.usefixtures("installed")
def test_a_later_token_is_refused_and_one_of_this_app_is_not(client, alice):
    assert_revoked(client, stock_pair(alice))
    assert_alive(client, people.tokens(client, alice))


@pytest.mark.usefixtures("installed")
def test_the_log_names_the_mistake_and_the_user_but_no_token(client, alice, caplog):
    hers = stock_pair(alice)

    with caplog.at_level(logging.WARNING, logger="jwt_invalidation"):
        people.ask(client, hers["access"])
        people.refresh(client, hers["refresh"])

    entries = [each.getMessage() for each in caplog.records if each.name == "jwt_invalidation"]
    assert entries == [f"A token of user {alice.pk} was refused. {DETAIL}"] * 2


@pytest.mark.usefixtures("installed")
def test_under_debug_the_client_is_told_the_mistake(client, alice, settings):
    settings.DEBUG = True

    answer = people.ask(client, stock_pair(alice)["access"])

    assert answer.status_code == 401
    assert answer.json() == {"detail": DETAIL, "code": "token_revoked"}


def test_without_the_row_all_tokens_of_simplejwt_are_later_and_no_row_is_made(client, alice):
    Installation.objects.all().delete()

    assert_revoked(client, stock_pair(alice))
    assert_alive(client, people.tokens(client, alice))
    assert not Installation.objects.exists()


def test_a_process_that_saw_no_moment_learns_of_the_one_that_another_process_wrote(
    client, alice, clock
):
    hers = legacy.pair_of(alice)
    assert people.ask(client, hers["access"]).status_code == 200
    Installation.objects.update(latest_iat=NOW + HOUR)
    clock.shift(HOUR + 1)

    assert_revoked(client, stock_pair(alice))


def test_the_moment_is_read_once_and_again_half_an_hour_later_while_there_is_none(
    client, alice, clock
):
    hers = legacy.pair_of(alice)

    def reads(pair):
        statements = ours(queries_of(lambda: people.ask(client, pair["access"])))
        return len([each for each in statements if each.startswith("SELECT")])

    assert [reads(hers), reads(hers)] == [1, 0]
    clock.shift(HOUR // 2)
    assert reads(stock_pair(alice)) == 0
    clock.shift(1)
    assert [reads(stock_pair(alice)), reads(stock_pair(alice))] == [1, 0]
    people.tokens(client, alice)
    clock.shift(HOUR)
    end = stock_pair(alice)
    clock.shift(1)
    assert [reads(end), reads(stock_pair(alice)), reads(stock_pair(alice))] == [1, 0, 0]


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
    assert_revoked(client, stock_pair(alice))
    Installation.objects.update(latest_iat=NOW)

    monkeypatch.setattr(connection, "schema_name", "tenant", raising=False)

    assert_alive(client, stock_pair(alice))


def test_while_the_table_is_missing_logins_and_old_tokens_get_a_503(client, alice):
    hers, current = stock_pair(alice), people.tokens(client, alice)
    end_installation(NOW)

    with table_missing(Installation):
        assert_unavailable(people.login(client, alice))
        assert_unavailable(people.ask(client, hers["access"]))
        assert people.ask(client, current["access"]).status_code == 200

    assert people.ask(client, hers["access"]).status_code == 200
    assert RefreshToken.for_user(alice)
