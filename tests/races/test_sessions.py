"""Logins and ends of sessions at once: who comes second is refused, or holds what is dead."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation, sessions
from jwt_invalidation.exceptions import CredentialsChanged, TooManySessions
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.sessions import lifecycle
from jwt_invalidation.tokens import RefreshToken
from tests.support import fates, people
from tests.support.ends import change_password, delete, end_others, log_out, revoke
from tests.support.fates import NEW
from tests.support.gates import (
    Gate,
    Thread,
    hasher_calling,
    meeting_before,
    stopped_at,
    stopping_after,
)
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.racing import locks_rows
from tests.support.sessions import post, sid_of


def test_two_logouts_at_once_end_the_session_once(client, alice):
    pair = people.tokens(client, alice)

    threads = [Thread(log_out, alice, pair) for _ in range(4)]

    for each in threads:
        each.result()
    assert Revocation.objects.get().identifier == sid_of(pair)


@pytest.mark.parametrize("change", [revoke, change_password, delete])
def test_a_login_overtaken_by_a_revocation_starts_no_session(alice, monkeypatch, change):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, RefreshToken.for_user, alice) as login:
        change(alice, None)
        entitled.open()
        with pytest.raises(CredentialsChanged):
            login.result()

    assert not TokenSession.objects.exists()


def test_a_login_overtaken_by_the_end_of_the_others_is_a_later_one(client, alice, monkeypatch):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, people.tokens, APIClient(), alice) as login:
        end_others(alice, None)
        entitled.open()
        pair = login.result()

    assert_alive(client, pair)


@pytest.mark.parametrize("change", [end_others, revoke, change_password])
def test_an_end_of_all_waits_for_a_login_that_has_begun_and_ends_it(
    client, alice, monkeypatch, change
):
    begun = stopping_after(monkeypatch, lifecycle, "_keep_limit")

    with stopped_at(begun, people.tokens, APIClient(), alice) as login:
        ending = Thread(change, alice, None)
        begun.open()
        pair = login.result()
        ending.result()

    assert TokenSession.objects.get().ended_at is not None
    assert_revoked(client, pair)


@locks_rows  # SQLite refuses either the login or the deletion, as it does in any Django project.
def test_a_deletion_waits_for_a_login_that_has_begun(client, alice, monkeypatch):
    begun = stopping_after(monkeypatch, lifecycle, "_keep_limit")

    with stopped_at(begun, people.tokens, APIClient(), alice) as login:
        deleting = Thread(delete, alice, None)
        begun.open()
        pair = login.result()
        deleting.result()

    assert not TokenSession.objects.exists()
    assert people.ask(client, pair["access"]).json()["code"] == "user_not_found"


@pytest.mark.parametrize(("limit", "number"), [(1, 2), (2, 5)])
@pytest.mark.parametrize("policy", ["evict", "refuse"])
def test_many_logins_at_once_leave_no_session_beyond_the_limit(
    client, alice, settings, policy, limit, number
):
    settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": limit, "SESSION_LIMIT_POLICY": policy}
    mint = meeting_before(RefreshToken.for_user, number)
    threads = [Thread(mint, alice) for _ in range(number)]
    for each in threads:
        each.join()

    assert all(isinstance(each.error, TooManySessions) for each in threads if each.error)
    tokens = [each.value for each in threads if not each.error]
    assert len(tokens) == (number if policy == "evict" else limit)
    assert TokenSession.objects.filter(ended_at=None).count() == limit
    answers = [people.refresh(client, str(token)).status_code for token in tokens]
    assert sorted(answers) == [200] * limit + [401] * (len(tokens) - limit)


def test_a_password_change_does_not_overwrite_one_that_came_between(client, alice):
    """Whoever has the old password and a token must not take back what its owner has just done."""
    pair, gate = people.tokens(client, alice), Gate()
    body = {"old_password": people.PASSWORD, "new_password": "a horse of the thief"}

    def change():
        return post(APIClient(), "password", body, access=pair["access"])

    with hasher_calling(gate.stop), stopped_at(gate, change) as changing:
        fates.change_password(alice)
        gate.open()
        answer = changing.result()

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_changed")
    assert people.login(client, alice, "a horse of the thief").status_code == 401
    assert_alive(client, people.tokens(client, alice, NEW))


@locks_rows
def test_whoever_ends_several_sessions_locks_their_users_first(client, alice, bob):
    sids = [sid_of(people.tokens(client, each)) for each in (bob, alice)]

    with CaptureQueriesContext(connection) as queries:
        assert sessions.end_sessions(sids, reason="admin") == 2

    sent = [each["sql"] for each in queries]
    locked = next(i for i, sql in enumerate(sent) if " UPDATE" in sql[6:] and "ORDER BY" in sql)
    updated = next(i for i, sql in enumerate(sent) if sql.startswith("UPDATE"))
    assert locked < updated


def test_ends_of_the_same_sessions_in_opposite_orders_do_not_wait_in_a_circle(
    client, alice, bob, monkeypatch
):
    monkeypatch.setattr("jwt_invalidation.db.batches.BATCH_SIZE", 1)
    sids = [sid_of(people.tokens(client, each)) for each in (alice, bob) for _ in range(3)]
    end = meeting_before(sessions.end_sessions, 2)

    threads = [
        Thread(lambda order: end(order, reason="admin"), order) for order in (sids, sids[::-1])
    ]

    assert sum(each.result() for each in threads) == 6
    assert Revocation.objects.count() == 6


def test_everything_at_once_ends_in_good_order(client, alice, bob, rotating):
    users = [alice, bob]
    pairs = [people.tokens(client, user) for user in users for _ in range(2)]
    sids = [sid_of(pair) for pair in pairs]
    keys = [user.pk for user in users]

    work = [
        (lambda: revocation.revoke_users(keys, reason="admin"),),
        (lambda: sessions.end_sessions(sids[::-1], reason="admin"),),
        (lambda: revocation.revoke_users(keys[::-1], reason="admin"),),
        *((people.login, APIClient(), user) for user in users),
        *((people.refresh, APIClient(), pair["refresh"]) for pair in pairs),
        *((end_others, user, None) for user in users),
    ]
    threads = [Thread(*each) for each in work]
    answers = [each.result() for each in threads]

    statuses = [each.status_code for each in answers if hasattr(each, "status_code")]
    assert set(statuses) <= {200, 401}
    for pair in pairs:
        assert_revoked(client, pair)
    for user in users:
        assert_alive(client, people.tokens(client, user))
