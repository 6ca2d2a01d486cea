"""Revoking everyone: the epoch commits first and alone, whatever else is locked."""

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenEpoch, TokenSession, TokenState
from jwt_invalidation.sessions import end_session
from jwt_invalidation.sessions.status import Status, live_sessions, with_status
from jwt_invalidation.signals import session_ended, tokens_revoked
from jwt_invalidation.strategies.base import Strategy
from jwt_invalidation.tokens import AccessToken
from tests.support import forge, people
from tests.support.gates import Gate, Thread, receiving, stopped_at, stopping_after
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.racing import locks_rows

pytestmark = pytest.mark.django_db(transaction=True)


def revoke_everyone():
    revocation.revoke_everyone(reason="other", note="the worst night")


def test_it_takes_four_statements_whatever_the_number_of_sessions(client, alice, bob):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            revoke_everyone()
        frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
        return [each["sql"] for each in queries if not each["sql"].startswith(frames)]

    revoke_everyone()
    for user in (alice, bob, alice, bob):
        people.tokens(client, user)

    sent = statements()

    assert len(sent) == 4
    assert not [each for each in sent if "tokensession" in each]


@locks_rows
@pytest.mark.parametrize("model", [TokenSession, TokenState, "user"])
def test_it_waits_for_nobody_who_has_locked_a_user_a_state_or_a_session(client, alice, bob, model):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    gate = Gate()
    rows = type(alice).objects if model == "user" else model.objects

    def lock():
        with transaction.atomic():
            assert list(rows.select_for_update())
            gate.stop()

    with stopped_at(gate, lock):
        Thread(revoke_everyone).result()
        assert TokenEpoch.objects.exists()
        assert Revocation.objects.get().scope == "everyone"

    assert_revoked(client, hers)
    assert_revoked(client, his)


class Failing(Strategy):
    """Fails at its bookkeeping."""

    def revoke_everyone(self, revocation):
        raise RuntimeError("the disk is full")


def test_a_strategy_that_fails_at_its_bookkeeping_undoes_nothing(client, alice, settings):
    hers = people.tokens(client, alice)
    settings.JWT_INVALIDATION = {"STRATEGIES": [f"{__name__}.Failing"]}

    with pytest.raises(RuntimeError, match="the disk is full"):
        revoke_everyone()

    assert Revocation.objects.get().scope == "everyone"
    assert_revoked(client, hers)


def test_inside_a_transaction_it_commits_with_that(client, alice):
    hers = people.tokens(client, alice)

    with pytest.raises(RuntimeError), transaction.atomic():
        revoke_everyone()
        raise RuntimeError("rolled back")

    assert_alive(client, hers)
    assert not Revocation.objects.exists()

    with transaction.atomic():
        revoke_everyone()

    assert_revoked(client, hers)


def test_sessions_from_before_are_over_for_every_reader_without_being_written(
    client, alice, settings
):
    settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": 1, "SESSION_LIMIT_POLICY": "refuse"}
    hers = people.tokens(client, alice)
    before = TokenSession.objects.values().get()

    revoke_everyone()

    assert TokenSession.objects.values().get() == before
    assert not live_sessions(using="default").exists()
    assert [each.status for each in with_status(TokenSession.objects.all())] == [Status.ENDED]
    # Nobody ends it a second time, and it takes no other login's place.
    told = []
    with receiving(session_ended, lambda **kwargs: told.append(kwargs["sid"])):
        assert end_session(before["sid"], reason="logout") == 0
        again = people.tokens(client, alice)
    assert told == []
    assert_alive(client, again)
    assert_revoked(client, hers)
    assert [each.sid for each in live_sessions(using="default")] == [
        AccessToken(again["access"])["sid"]
    ]


def test_the_flush_deletes_them_as_it_deletes_sessions_that_were_ended(client, alice, clock):
    people.tokens(client, alice)
    revoke_everyone()
    stays = people.tokens(client, alice)

    call_command("flush_tokens", verbosity=0)
    assert TokenSession.objects.count() == 2
    clock.shift(60 * 60 * 24 * 29)
    TokenSession.objects.update(idle_exp=2**40)
    call_command("flush_tokens", verbosity=0)
    assert TokenSession.objects.count() == 2
    clock.shift(60 * 60 * 24 * 2)
    call_command("flush_tokens", verbosity=0)

    assert [each.sid for each in TokenSession.objects.all()] == [forge.read(stays["access"])["sid"]]


@pytest.mark.parametrize("strategies", [None, ["session", "version"]])
def test_a_login_that_it_overtakes_leaves_no_live_session(
    client, alice, monkeypatch, settings, strategies
):
    if strategies:
        paths = {
            "session": "jwt_invalidation.strategies.session.SessionStrategy",
            "version": "jwt_invalidation.strategies.version.VersionStrategy",
        }
        settings.JWT_INVALIDATION = {"STRATEGIES": [paths[each] for each in strategies]}
    loaded = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(loaded, people.login, client, alice) as login:
        revoke_everyone()

    overtaken = login.result().json()
    assert not live_sessions(using="default").exists()
    assert_revoked(client, overtaken)
    assert_alive(client, people.tokens(client, alice))


def test_it_is_told_once_and_not_for_each_user(client, alice, bob):
    for user in (alice, bob):
        people.tokens(client, user)
    told = []

    with receiving(tokens_revoked, lambda **kwargs: told.append(kwargs["scope"])):
        revoke_everyone()

    assert told == ["everyone"]
