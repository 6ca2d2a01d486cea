"""Whom it costs a second query that a single token was revoked, and for how long."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.state import store
from jwt_invalidation.tokens import AccessToken
from tests.support import forge, people
from tests.support.flushing import at, flushed
from tests.support.gates import Gate, stopped_at
from tests.support.queries import queries_of

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(access):
    revocation.revoke_token(AccessToken(access), reason="other")


def cost_of(client, access, status=200):
    answers = []
    queries = queries_of(lambda: answers.append(people.ask(client, access)))
    assert [answer.status_code for answer in answers] == [status]
    return len(queries)


def test_the_log_is_asked_about_users_of_whom_a_token_was_revoked_and_no_others(client, alice, bob):
    phone, laptop, his = (people.tokens(client, user) for user in (alice, alice, bob))
    assert cost_of(client, phone["access"]) == 1

    revoke(phone["access"])

    assert cost_of(client, phone["access"], status=401) == 2
    assert cost_of(client, laptop["access"]) == 2
    assert cost_of(client, his["access"]) == 1


def test_a_flush_ends_it_when_no_copy_of_the_token_can_live(client, alice, bob):
    with at():
        hers, his = people.tokens(client, alice), people.tokens(client, bob)
        revoke(hers["access"])
    with at(days=29):
        revoke(people.tokens(client, bob)["access"])

        flushed()
        assert cost_of(client, people.tokens(client, alice)["access"]) == 2

    with at(days=30, minutes=5):
        flushed()

        assert cost_of(client, people.tokens(client, alice)["access"]) == 1
        # His was revoked later. The entries stay in the log for as long as the others do.
        assert cost_of(client, people.tokens(client, bob)["access"]) == 2
        assert Revocation.objects.count() == 2
        for pair in (hers, his):
            assert people.ask(client, pair["access"]).json()["code"] == "token_not_valid"


def test_a_token_that_is_revoked_while_a_flush_ends_it_stays_dead(client, alice, monkeypatch):
    with at():
        revoke(people.tokens(client, alice)["access"])
    hers, stopped, lock_users = people.tokens(client, alice), Gate(), store.lock_users

    def stop_and_lock(*args, **kwargs):
        stopped.stop()
        return lock_users(*args, **kwargs)

    monkeypatch.setattr(store, "lock_users", stop_and_lock)
    with stopped_at(stopped, flushed) as flushing:
        monkeypatch.setattr(store, "lock_users", lock_users)
        revoke(hers["access"])
        stopped.open()
        flushing.result()

    assert people.ask(client, hers["access"]).json()["code"] == "token_revoked"


def test_a_token_of_nobody_is_not_written_down(alice):
    claims = forge.changed(AccessToken.for_user(alice).payload, user_id="4711")

    revoke(forge.sign(claims))

    assert not Revocation.objects.exists()


def test_tokens_that_were_revoked_before_the_migration_stay_dead(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    revoke(hers["access"])
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes("jwt_invalidation")

    executor.migrate([("jwt_invalidation", "0006_session_lifetime")])
    MigrationExecutor(connection).migrate(leaves)

    assert people.ask(client, hers["access"]).json()["code"] == "token_revoked"
    assert list(TokenState.objects.filter(has_revoked_tokens=True)) == [
        TokenState.objects.get(user=alice)
    ]
    assert cost_of(client, his["access"]) == 1
