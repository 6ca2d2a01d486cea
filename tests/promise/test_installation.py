"""The moment of installation: later tokens without our claims are refused, and why is told."""

from importlib import import_module
import logging

from django.core.management import call_command
import pytest
from rest_framework_simplejwt import tokens as simplejwt

from jwt_invalidation.models import Installation
from tests.support import legacy, people
from tests.support.clock import NOON
from tests.support.legacy import begin_installation, end_installation, stock_pair_of
from tests.support.pairs import assert_alive, assert_revoked

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
    hers = stock_pair_of(alice)

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

    (assert_alive if lives else assert_revoked)(client, stock_pair_of(alice))


def test_what_an_old_worker_mints_whose_clock_is_30_seconds_fast_lives_on(client, alice, clock):
    begin_installation()
    clock.shift(30)
    hers = stock_pair_of(alice)
    clock.shift(-30)
    people.tokens(client, alice)
    clock.shift(30)

    assert_alive(client, hers)


def test_a_new_worker_whose_clock_is_30_seconds_slow_stamps_first_and_refuses_nobody(
    client, alice, clock
):
    begin_installation()
    hers = stock_pair_of(alice)
    clock.shift(-30)
    people.tokens(client, alice)
    clock.shift(30)

    assert_alive(client, hers)


def test_the_refresh_of_an_old_token_is_the_first_stamp_as_a_login_is(client, alice, clock):
    hers = legacy.pair_of(alice)
    clock.shift(HOUR)

    assert people.refresh(client, hers["refresh"]).status_code == 200

    assert latest_iat() == NOW + 2 * HOUR
    assert str(Installation.objects.get()) == str(NOW + 2 * HOUR)


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
    assert_revoked(client, stock_pair_of(alice))
    assert_alive(client, people.tokens(client, alice))


@pytest.mark.usefixtures("installed")
def test_the_log_names_the_mistake_and_the_user_but_no_token(client, alice, caplog):
    hers = stock_pair_of(alice)

    with caplog.at_level(logging.WARNING, logger="jwt_invalidation"):
        people.ask(client, hers["access"])
        people.refresh(client, hers["refresh"])

    entries = [each.getMessage() for each in caplog.records if each.name == "jwt_invalidation"]
    assert entries == [f"A token of user {alice.pk} was refused. {DETAIL}"] * 2


@pytest.mark.usefixtures("installed")
def test_under_debug_the_client_is_told_the_mistake(client, alice, settings):
    settings.DEBUG = True

    answer = people.ask(client, stock_pair_of(alice)["access"])

    assert answer.status_code == 401
    assert answer.json() == {"detail": DETAIL, "code": "token_revoked"}


def test_without_the_row_all_tokens_of_simplejwt_are_later_and_no_row_is_made(client, alice):
    Installation.objects.all().delete()

    assert_revoked(client, stock_pair_of(alice))
    assert_alive(client, people.tokens(client, alice))
    assert not Installation.objects.exists()
