"""Processes note which ``SECRET_KEY`` they use: seldom, after the commit, and at nobody's cost."""

from datetime import timedelta
import logging

from django.db import connection, transaction
import pytest

from jwt_invalidation.models import SecretKeyUse
from jwt_invalidation.state.fingerprint import current_key_id
from jwt_invalidation.state.secret_keys import note_key_use
from tests.support import people
from tests.support.outages import table_missing
from tests.support.pairs import assert_alive
from tests.support.queries import queries_of
from tests.support.secret_keys import NEW, OLD

pytestmark = pytest.mark.django_db(transaction=True)


def notes(statements):
    return [each for each in statements if "secretkeyuse" in each]


def test_a_key_is_noted_when_a_record_is_made_with_it(alice, process):
    process(NEW)
    people.make("bob")

    assert SecretKeyUse.objects.count() == 2
    assert str(SecretKeyUse.objects.latest("current_since")) == current_key_id()


def test_a_key_is_noted_when_a_record_is_carried_over(alice, settings, process):
    process(NEW, settings.SECRET_KEY)

    alice.save()

    assert SecretKeyUse.objects.filter(key_id=current_key_id()).exists()


@pytest.mark.parametrize("act", ["login", "refresh"])
def test_a_key_is_noted_every_ten_minutes_while_users_come(client, clock, alice, act):
    pair = people.tokens(client, alice)

    def come():
        return (
            people.login(client, alice)
            if act == "login"
            else people.refresh(client, pair["refresh"])
        )

    clock.shift(timedelta(minutes=9))
    assert notes(queries_of(come)) == []
    clock.shift(timedelta(minutes=2))
    assert len(notes(queries_of(come))) == 1

    noted = SecretKeyUse.objects.get()
    assert noted.last_used - noted.current_since == 11 * 60 * 1_000_000
    assert notes(queries_of(come)) == []


def test_a_schema_of_another_tenant_is_noted_by_itself(client, alice, monkeypatch):
    pair = people.tokens(client, alice)
    # As django-tenants has it.
    monkeypatch.setattr(connection, "schema_name", "another", raising=False)

    statements = queries_of(lambda: people.refresh(client, pair["refresh"]))

    assert len(notes(statements)) == 1


def test_a_clock_that_is_set_back_stops_no_note(client, clock, alice):
    clock.shift(timedelta(minutes=-5))

    assert len(notes(queries_of(lambda: people.tokens(client, alice)))) == 1


def test_requests_never_note_a_key(client, clock, alice):
    pair = people.tokens(client, alice)
    clock.shift(timedelta(minutes=4))

    assert notes(queries_of(lambda: people.ask(client, pair["access"]))) == []


def test_a_record_that_is_rolled_back_notes_no_key(process):
    process(NEW)

    with pytest.raises(RuntimeError), transaction.atomic():
        people.make("alice")
        raise RuntimeError

    assert not SecretKeyUse.objects.exists()
    people.make("alice")
    assert SecretKeyUse.objects.count() == 1


def test_no_lock_on_the_key_is_held_by_a_transaction(process):
    process(OLD)

    with transaction.atomic():
        statements = queries_of(lambda: people.make("alice"))

    assert notes(statements) == []
    assert SecretKeyUse.objects.count() == 1


def test_a_process_that_leaves_a_fingerprint_as_it_is_notes_no_key(process):
    process(OLD)
    alice = people.make("alice")

    process(NEW)
    alice.is_active = False
    alice.save()

    assert SecretKeyUse.objects.count() == 1


def test_without_its_table_users_are_saved_and_log_in_all_the_same(client, process, caplog):
    process(NEW)

    with table_missing(SecretKeyUse), caplog.at_level(logging.WARNING, logger="jwt_invalidation"):
        alice = people.make("alice")
        pair = people.tokens(client, alice)

    assert "could not be noted" in caplog.text
    assert NEW not in caplog.text
    assert_alive(client, pair)
    people.tokens(client, alice)
    assert SecretKeyUse.objects.count() == 1


def test_the_note_holds_no_more_than_eight_digits_of_a_digest_of_the_key(alice, settings):
    [noted] = SecretKeyUse.objects.values_list("key_id", flat=True)

    assert len(bytes.fromhex(noted)) == 4
    assert noted not in settings.SECRET_KEY


def test_code_without_autocommit_locks_no_row_that_all_processes_write(alice, process):
    process(NEW)
    transaction.set_autocommit(False)
    try:
        statements = queries_of(lambda: note_key_use(using="default"))
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    assert notes(statements) == []

    note_key_use(using="default")

    assert SecretKeyUse.objects.count() == 2
