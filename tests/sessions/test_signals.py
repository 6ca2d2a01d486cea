"""Whoever listens is told of every end, as docs/signals.rst says: whose, which session, and why."""

from django.contrib.auth import user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation import gate, revocation, sessions, signals
from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import AccessToken, RefreshToken
from jwt_invalidation.users import is_active_is_stored
from tests.support import people, telling
from tests.support.gates import receiving
from tests.support.pairs import assert_alive
from tests.support.sessions import post, sid_of, successor_of
from tests.support.telling import WAYS, heard, tables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

SIGNALS, ENDS = tables()
ROWS = [pytest.param(*row, id=WAYS[row[0]].__name__) for row in ENDS]


@pytest.fixture
def scene(client, alice, bob, settings, simplejwt_settings):
    return telling.Scene(client, alice, bob, settings, simplejwt_settings)


def ended(calls):
    """Return whose sessions ended, which, and why, in an order that no database decides."""
    facts = [facts for name, _, facts in calls if name == "session_ended"]
    return sorted((str(each["user_id"]), each["sid"] or "", each["reason"]) for each in facts)


def test_each_way_of_the_table_is_played():
    assert list(WAYS) == [row[0] for row in ENDS]


@pytest.mark.parametrize(("way", "reason", "kind", "scope"), ROWS)
def test_every_end_is_told_as_the_table_says(scene, way, reason, kind, scope):
    if WAYS[way] is telling.save_a_deactivation and not is_active_is_stored():
        pytest.skip("this user model has no is_active column")
    reason = telling.YOURS if reason == "yours" else reason.strip("`")
    alice, bob = scene.alice.pk, scene.bob.pk
    owners = {sid_of(scene.phone): alice, sid_of(scene.laptop): alice, sid_of(scene.his): bob}

    with heard() as calls:
        whose = WAYS[way](scene)

    expected = {
        "each session": lambda: [(str(owners[sid]), sid, reason) for sid in map(sid_of, whose)],
        "each user": lambda: [(str(each.pk), "", reason) for each in whose],
        "everyone": lambda: [("None", "", reason)],
        "no": list,
    }
    assert ended(calls) == sorted(expected[kind]())
    revoked = [facts for name, _, facts in calls if name == "tokens_revoked"]
    scopes = {(each["scope"], each["reason"]) for each in revoked}
    assert scopes == (set() if scope == "no" else {(scope.strip("`"), reason)})
    if scope != "no":
        named = {key for each in revoked for key in each["user_ids"]}
        assert named >= {each.pk for each in whose}
    reused = [facts for name, _, facts in calls if name == "refresh_token_reused"]
    of_phone = {"user_id": alice, "sid": sid_of(scene.phone)}
    assert reused == ([of_phone] if WAYS[way] is telling.reuse else [])


def test_each_signal_is_sent_with_the_arguments_and_the_sender_of_the_table(scene):
    with heard() as calls:
        people.tokens(scene.client, scene.alice)
        telling.revoke_token(scene)
        telling.reuse(scene)

    table = {
        (name, sender, *sorted(arguments.split(", "))) for name, sender, arguments, _ in SIGNALS
    }
    sent = {
        (f"``{name}``", f"``{sender.__name__}``", *sorted(f"``{each}``" for each in facts))
        for name, sender, facts in calls
    }
    assert sent == table
    assert {row[0].strip("`") for row in SIGNALS} == set(signals.__all__)


def test_nothing_is_told_before_the_commit_or_of_what_is_rolled_back(scene):
    ways = [telling.revoke_user, telling.end_session, telling.revoke_everyone]
    ways += [telling.revoke_token, telling.reuse, telling.log_in_again]

    for way in ways:
        with heard() as calls, transaction.atomic():
            way(scene)
            assert calls == []
            transaction.set_rollback(True)

    assert calls == []


def test_a_receiver_that_raises_stops_nobody(scene):
    def fail(**kwargs):
        raise RuntimeError

    with receiving(signals.session_ended, fail, first=True), heard() as calls:
        telling.revoke_users(scene)

    assert len(ended(calls)) == 2


def test_a_user_without_a_session_is_not_told_of_the_end_of_one(client, alice, bob):
    people.tokens(client, bob)
    sessions.end_session(TokenSession.objects.get().sid, reason="logout")

    with heard() as calls:
        revocation.revoke_users([alice, bob], reason="admin")
        revocation.revoke_user(bob, reason="admin")

    assert [name for name, *_ in calls] == ["tokens_revoked"] * 2


def test_without_sessions_the_revocations_are_told_and_no_end(client, alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
    people.tokens(client, alice)

    with heard() as calls:
        revocation.revoke_user(alice, reason="admin")
        revocation.revoke_everyone(reason="other")

    assert [name for name, *_ in calls] == ["tokens_revoked"] * 2


def test_a_single_token_of_a_user_who_is_gone_is_told_to_nobody(client, alice):
    token = AccessToken(people.tokens(client, alice)["access"])
    alice.delete()
    entries = Revocation.objects.count()

    with heard() as calls:
        revocation.revoke_token(token, reason="admin")

    assert calls == []
    assert Revocation.objects.count() == entries


def test_a_reuse_is_told_and_logged_by_the_primary_key_where_tokens_name_another_column(
    client, alice, simplejwt_settings, caplog
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.USER_ID_FIELD = alice.USERNAME_FIELD
    first = people.tokens(client, alice)
    successor_of(client, successor_of(client, first))

    with heard() as calls, pytest.raises(Exception, match="revoked"):
        gate.admit(RefreshToken(first["refresh"]))

    told = [facts["user_id"] for name, _, facts in calls]
    assert told == [alice.pk] * 2
    assert f"A refresh token of user {alice.pk} came again" in caplog.text


@pytest.mark.parametrize("number", [2, 20])
def test_the_statements_that_end_sessions_do_not_grow_with_their_number(client, alice, bob, number):
    for _ in range(number):
        people.tokens(client, alice)
    keep = sid_of(people.tokens(client, alice))
    people.tokens(client, bob)

    with heard() as calls:
        with CaptureQueriesContext(connection) as others:
            sessions.end_other_sessions(alice, keep=keep, reason="logout")
        with CaptureQueriesContext(connection) as all_of_two:
            revocation.revoke_users([alice, bob], reason="admin")

    assert len(ended(calls)) == number + 2
    assert len(others) <= 9
    assert len(all_of_two) <= 14


def test_a_wrong_old_password_is_a_failed_login_and_the_right_one_is_not(client, alice):
    failures = []
    pair = people.tokens(client, alice)
    wrong = {"old_password": "guessed", "new_password": telling.NEW}
    right = {"old_password": people.PASSWORD, "new_password": telling.NEW}

    with receiving(user_login_failed, lambda **facts: failures.append(facts)):
        assert post(client, "password", wrong, access=pair["access"]).status_code == 400
        assert post(client, "password", right, access=pair["access"]).status_code == 200
        assert people.login(client, alice, "guessed").status_code == 401

    ours, djangos = failures
    assert isinstance(ours["request"], HttpRequest)
    assert ours["credentials"] == djangos["credentials"]
    assert "guessed" not in str(ours["credentials"])
    assert (ours["sender"], ours.keys()) == (djangos["sender"], djangos.keys())


def test_an_app_that_locks_out_who_guesses_is_obeyed(client, alice):
    def lock_out(**facts):
        raise PermissionDenied

    pair = people.tokens(client, alice)
    body = {"old_password": "guessed", "new_password": telling.NEW}

    with receiving(user_login_failed, lock_out):
        answer = post(client, "password", body, access=pair["access"])

    assert answer.status_code == 403
    assert_alive(client, pair)
