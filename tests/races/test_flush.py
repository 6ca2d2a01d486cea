"""The flush beside those who use what it looks at: it waits for nobody and takes nothing from them."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
import pytest
from rest_framework.test import APIClient

from jwt_invalidation import revocation, sessions
from jwt_invalidation.models import Revocation, TokenSession
from tests.support import people
from tests.support.commands import before
from tests.support.flushing import AT_ONCE, LOCKS, flushed, make_entries, make_sessions
from tests.support.gates import Gate, Thread, meeting_before, stopped_at
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import sid_of

waits_for_nobody = pytest.mark.skipif(
    not LOCKS or connection.vendor == "mysql",
    reason="SQLite has one writer at a time; InnoDB waits where it reads all of a small table",
)


@pytest.fixture
def session(client, alice):
    """A session, beside others that ended long ago."""
    make_sessions(alice, 3)
    return people.tokens(client, alice)


def seem_past(pair):
    """Let the session look expired to whoever does not look again."""
    TokenSession.objects.filter(sid=sid_of(pair)).update(idle_exp=1)


def prolong(pair):
    """Do what a refresh on a server whose clock is behind would have done just in time."""
    in_an_hour = int((timezone.now() + timedelta(hours=1)).timestamp())
    TokenSession.objects.filter(sid=sid_of(pair)).update(idle_exp=in_an_hour)


def test_a_session_that_is_prolonged_after_it_was_seen_to_be_over_lives_on(client, session):
    seem_past(session)
    # Of the statements that read sessions, three count; then come the keys, and then the rows.
    statement, passing = ("SELECT", 4) if LOCKS else ("DELETE", 0)

    with before(statement, lambda: prolong(session), passing=passing):
        progress = flushed(AT_ONCE)

    assert (progress.total, progress.sessions) == (4, 3)
    assert TokenSession.objects.get().sid == sid_of(session)
    assert_alive(client, session)


def held(change, gate):
    """Make a change, and keep the transaction open until the gate is opened."""
    with transaction.atomic():
        change()
        gate.stop()


@waits_for_nobody
def test_a_session_that_somebody_else_is_at_is_left_and_not_waited_for(client, session):
    seem_past(session)
    gate = Gate()

    with stopped_at(gate, held, lambda: prolong(session), gate) as refresh:
        progress = flushed(AT_ONCE)
    refresh.result()

    assert (progress.total, progress.sessions) == (4, 3)
    assert_alive(client, session)


@waits_for_nobody
def test_an_entry_that_another_flush_is_at_is_left_to_it(alice):
    make_entries(alice, 3)
    newest = Revocation.objects.latest("pk")
    gate = Gate()

    def lock():
        list(Revocation.objects.filter(pk=newest.pk).select_for_update())

    with stopped_at(gate, held, lock, gate) as other:
        progress = flushed()
    other.result()

    assert (progress.total, progress.revocations) == (3, 2)
    assert Revocation.objects.get() == newest


def test_what_dies_meanwhile_is_left_for_the_next(client, alice, session):
    # After the first batch was read.
    with before("DELETE", lambda: make_entries(alice, 5)):
        progress = flushed(batch_size=1)

    assert progress.sessions == 3
    assert Revocation.objects.count() + progress.revocations == 5
    assert flushed().revocations == 5 - progress.revocations


def test_two_flushes_at_once_delete_each_row_once(alice, bob):
    make_sessions(alice, 60)
    make_sessions(bob, 60)
    make_entries(alice, 60)
    flush = meeting_before(flushed, 2)

    threads = [Thread(lambda: flush(batch_size=7)) for _ in range(2)]
    total = sum(each.result().deleted for each in threads)

    assert total == 180
    assert not TokenSession.objects.exists()
    assert not Revocation.objects.exists()


def test_a_flush_beside_everything_else_stands_in_nobodys_way(
    client, alice, bob, simplejwt_settings
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    for user in (alice, bob):
        # Expired, and so ended once more by whoever ends all sessions.
        make_sessions(user, 100, ended_at=None)
        make_entries(user, 100)
    pairs = [people.tokens(client, user) for user in (alice, bob)]
    logged_out = people.tokens(client, alice)
    meet = meeting_before(lambda work: work(), 5)

    def refresh_again_and_again(pair):
        own_client = APIClient()
        for _ in range(10):
            pair = people.refresh(own_client, pair["refresh"]).json()
        return pair

    work = [
        lambda: refresh_again_and_again(pairs[0]),
        lambda: flushed(AT_ONCE, batch_size=9),
        lambda: flushed(AT_ONCE, batch_size=11),
        lambda: sessions.end_session(sid_of(logged_out), reason="logout"),
        lambda: revocation.revoke_user(bob, reason="admin"),
    ]
    refreshed, *_ = [each.result() for each in [Thread(meet, each) for each in work]]

    assert_alive(client, refreshed)
    assert_revoked(client, logged_out)
    assert_revoked(client, pairs[1])
    flushed(AT_ONCE)
    assert [each.sid for each in TokenSession.objects.all()] == [sid_of(refreshed)]
