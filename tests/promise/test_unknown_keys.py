"""A process that does not know a record's ``SECRET_KEY`` refuses, and logs nobody out for good."""

from datetime import timedelta
import logging

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
import pytest
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation
from tests.support import people
from tests.support.outages import assert_unavailable
from tests.support.pairs import answers, assert_alive, assert_revoked
from tests.support.secret_keys import (
    ANCIENT,
    NEW,
    OLD,
    STRAY,
    assert_untouched,
    record_of,
    unused_for,
)
from tests.support.sweeping import stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def his(client, bob_of_new):
    return people.tokens(client, bob_of_new)


def test_an_outdated_process_answers_503_at_every_endpoint_and_says_what_to_do(
    client, process, bob_of_new, his, caplog
):
    record = record_of(bob_of_new)

    process(OLD)
    with caplog.at_level(logging.ERROR, logger="jwt_invalidation"):
        for answer in answers(client, his):
            assert_unavailable(answer)

    assert "SECRET_KEY_FALLBACKS everywhere before" in caplog.text
    assert OLD not in caplog.text
    process(NEW, OLD)
    assert_alive(client, his)
    assert_untouched(bob_of_new, record)


def test_an_outdated_process_answers_503_to_a_login(client, process, bob_of_new, his):
    record = record_of(bob_of_new)

    process(OLD)
    assert_unavailable(people.login(client, bob_of_new))

    process(NEW, OLD)
    assert_alive(client, his)
    assert_untouched(bob_of_new, record)


@pytest.mark.parametrize("fallbacks", [[NEW], [NEW, ANCIENT], [ANCIENT, NEW]])
def test_an_old_process_that_has_the_new_key_among_its_fallbacks_admits(
    client, process, his, fallbacks
):
    process(OLD, *fallbacks)

    assert_alive(client, his)


def test_an_old_process_admits_whom_the_new_ones_have_only_carried_over(client, process):
    process(OLD)
    alice = people.make("alice")
    process(NEW, OLD)
    hers = people.tokens(client, alice)

    process(OLD)

    assert_alive(client, hers)
    assert_alive(client, people.tokens(client, alice))
    process(NEW)
    assert_alive(client, hers)


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_the_latest_key_of_a_record_tells_whether_another_hash_is_a_change(
    client, process, is_known
):
    process(OLD)
    alice = people.make("alice")
    made_with_the_old_key = record_of(alice)[1]
    process(NEW, OLD)
    hers = people.tokens(client, alice)
    assert record_of(alice)[2] == made_with_the_old_key
    stored(alice).update(password=make_password("another horse"))

    process(NEW if is_known else OLD)

    if is_known:
        assert_revoked(client, hers)
    else:
        assert_unavailable(people.ask(client, hers["access"]))
    assert Revocation.objects.count() == is_known


def test_a_record_of_a_dropped_key_is_refused_without_a_bump(client, process):
    process(OLD)
    alice = people.make("alice")
    hers = people.tokens(client, alice)
    record = record_of(alice)

    process(NEW)

    assert_revoked(client, hers)
    assert_untouched(alice, record)
    process(OLD)
    assert_alive(client, hers)


def test_a_login_takes_over_a_record_of_a_dropped_key_and_bumps_its_user(client, process):
    process(OLD)
    alice = people.make("alice")
    hers = people.tokens(client, alice)

    process(NEW)
    again = people.tokens(client, alice)

    assert_alive(client, again)
    assert_revoked(client, hers)
    assert Revocation.objects.get().reason == "out_of_band"
    process(NEW, OLD)
    assert_revoked(client, hers)


def test_a_login_takes_over_a_record_of_a_dropped_key_whatever_newer_key_is_in_use(client, process):
    process(ANCIENT)
    alice = people.make("alice")
    process(OLD)
    people.make("carol")
    process(NEW)
    people.make("bob")

    process(OLD)

    assert_alive(client, people.tokens(client, alice))


def test_a_key_never_seen_before_does_not_count_as_the_newest(client, process, bob_of_new, his):
    record = record_of(bob_of_new)

    process(STRAY)
    assert_revoked(client, his)
    bob_of_new.save()
    call_command("reconcile_tokens", verbosity=0)

    assert_untouched(bob_of_new, record)
    process(NEW)
    assert_alive(client, his)


def test_a_key_never_seen_before_can_be_logged_in_with(client, process, bob_of_new, his):
    process(STRAY)

    again = people.tokens(client, bob_of_new)

    assert_alive(client, again)
    assert_revoked(client, his)


def test_going_back_to_an_earlier_key_takes_an_hour(client, process, bob_of_new, his):
    process(NEW)
    unused_for(minutes=61)

    process(OLD)
    assert_revoked(client, his)
    again = people.tokens(client, bob_of_new)

    assert_alive(client, again)


def test_a_key_that_was_used_less_than_an_hour_ago_is_in_use(client, process, bob_of_new, his):
    process(NEW)
    unused_for(minutes=59)

    process(OLD)

    assert_unavailable(people.ask(client, his["access"]))
    assert_unavailable(people.login(client, bob_of_new))


def test_going_back_to_an_earlier_key_takes_effect_at_once_with_adopt_key(
    client, process, bob_of_new, his
):
    record = record_of(bob_of_new)
    process(OLD)

    call_command("reconcile_tokens", adopt_key=True, verbosity=0)

    assert_revoked(client, his)
    assert_untouched(bob_of_new, record)
    again = people.tokens(client, bob_of_new)
    assert_alive(client, again)
    process(NEW)
    assert_unavailable(people.ask(client, again["access"]))


@pytest.mark.parametrize("key", [OLD, STRAY], ids=["outdated", "never seen"])
def test_a_revocation_by_a_process_that_cannot_compare_is_one(
    client, process, bob_of_new, his, key
):
    fingerprint = record_of(bob_of_new)[1:]
    process(key)

    revocation.revoke_user(bob_of_new, reason="admin")

    assert record_of(bob_of_new)[1:] == fingerprint
    process(NEW)
    assert_revoked(client, his)
    assert_alive(client, people.tokens(client, bob_of_new))


def test_a_key_of_the_hour_that_comes_twice_is_newer_than_one_of_the_hour_before(
    client, process, settings
):
    """Where times are of a zone and summer time ends: 2026-10-25, 3:00 is 2:00 in Vienna."""
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Vienna"
    with time_machine.travel("2026-10-25T00:50:00Z", tick=False) as clock:
        process(OLD)
        alice = people.make("alice")
        clock.shift(timedelta(minutes=20))
        process(NEW)
        bob = people.make("bob")

        assert_alive(client, people.tokens(client, alice))
        process(OLD)
        assert_unavailable(people.login(client, bob))
