"""The public verbs: whom they take, what they cost, what they leave behind."""

import uuid

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.functional import SimpleLazyObject
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.db import batches
from jwt_invalidation.models import Revocation, TokenEpoch, TokenState
from jwt_invalidation.signals import tokens_revoked
from tests.support import legacy, people
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


@pytest.fixture
def heard():
    """Collect what `tokens_revoked` says."""
    calls = []

    def hear(signal, sender, **kwargs):
        calls.append(kwargs)

    with receiving(tokens_revoked, hear):
        yield calls


@pytest.mark.parametrize(
    "whom",
    [
        pytest.param(lambda user: [user], id="instances"),
        pytest.param(lambda user: [user.pk], id="keys"),
        pytest.param(lambda user: [str(user.pk)], id="keys-as-text"),
        pytest.param(lambda user: (user.pk for _ in range(2)), id="a-generator-with-repeats"),
        pytest.param(lambda user: [SimpleLazyObject(lambda: user)], id="request.user"),
        pytest.param(lambda user: type(user).objects.filter(pk=user.pk), id="a-queryset"),
        pytest.param(lambda user: type(user).objects.order_by("pk")[:1], id="a-slice"),
        pytest.param(lambda user: type(user).objects.only("pk").filter(pk=user.pk), id="deferred"),
    ],
)
def test_revoke_users_takes_users_however_they_are_named(client, alice, bob, whom):
    first, second = sorted([alice, bob], key=lambda user: user.pk)
    dying, living = people.tokens(client, first), people.tokens(client, second)

    assert revocation.revoke_users(whom(first), reason="admin") == 1

    assert_revoked(client, dying)
    assert_alive(client, living)


@pytest.mark.parametrize(
    ("whom", "error"),
    [
        ("17", TypeError),
        (b"17", TypeError),
        (Group.objects.all(), TypeError),
        ([Group(pk=1)], TypeError),
        ([AnonymousUser()], TypeError),
        ([None], ValueError),
    ],
)
def test_what_is_no_user_is_an_error_and_revokes_nobody(client, alice, whom, error):
    hers = people.tokens(client, alice)

    with pytest.raises(error):
        revocation.revoke_users(whom, reason="admin")

    assert_alive(client, hers)


def test_one_bad_name_among_good_ones_revokes_nobody(client, alice):
    hers = people.tokens(client, alice)

    unsaved = get_user_model()()
    unsaved.pk = None
    with pytest.raises(ValueError, match="save it first"):
        revocation.revoke_users([alice, unsaved], reason="admin")

    assert_alive(client, hers)


def test_a_key_that_cannot_be_one_is_an_error():
    key = get_user_model()._meta.pk
    if key.get_internal_type() == "CharField":
        pytest.skip("every text can be a key")
    with pytest.raises(ValueError, match="is no primary key"):
        revocation.revoke_users(["nobody's"], reason="admin")


@pytest.mark.parametrize("verb", [revocation.revoke_user, revocation.revoke_users])
def test_an_unknown_reason_is_an_error(alice, verb):
    with pytest.raises(ValueError, match="whim"):
        verb([alice] if verb is revocation.revoke_users else alice, reason="whim")
    with pytest.raises(ValueError, match="whim"):
        revocation.revoke_everyone(reason="whim")

    assert not Revocation.objects.exists()


def test_keys_of_nobody_are_not_counted(alice, heard):
    key = uuid.uuid4() if isinstance(alice.pk, uuid.UUID) else "987654"

    assert revocation.revoke_users([key], reason="admin") == 0
    assert revocation.revoke_users([], reason="admin") == 0
    assert revocation.revoke_users(type(alice).objects.none(), reason="admin") == 0

    assert heard == []
    assert not Revocation.objects.exists()


def test_the_log_holds_reason_note_actor_and_the_version_from_then_on(alice, bob):
    revocation.revoke_user(alice, reason=Revocation.Reason.ADMIN, actor=bob, note="lost phone")

    entry = Revocation.objects.get()
    state = TokenState.objects.get(user=alice.pk)
    assert (entry.scope, entry.subject_id, entry.reason) == ("user", alice.pk, "admin")
    assert (entry.actor_id, entry.note) == (bob.pk, "lost phone")
    assert entry.version == state.token_version


def test_the_log_is_append_only(alice):
    revocation.revoke_user(alice, reason="admin")
    entry = Revocation.objects.get()

    entry.note = "rewritten"
    with pytest.raises(TypeError, match="append-only"):
        entry.save()


def test_the_signal_is_sent_once_on_commit(alice, bob, heard):
    with transaction.atomic():
        revocation.revoke_users([alice, bob], reason="admin", actor=bob)
        assert heard == []

    assert heard == [
        {
            "scope": "user",
            "user_ids": sorted([alice.pk, bob.pk]),
            "reason": "admin",
            "actor": bob,
        }
    ]


def test_the_signal_is_not_sent_for_what_is_rolled_back(alice, heard):
    with pytest.raises(RuntimeError), transaction.atomic():
        revocation.revoke_user(alice, reason="admin")
        raise RuntimeError

    assert heard == []


def test_the_signal_tells_of_passwords_and_of_everyone(alice, heard):
    alice.set_password("another horse")
    alice.save()
    revocation.revoke_everyone(reason="other")

    told = [(call["scope"], call["user_ids"], call["reason"]) for call in heard]
    assert told == [("user", [alice.pk], "password_changed"), ("everyone", [], "other")]


def test_everyone_is_one_row_and_a_version_that_only_grows(alice):
    for _ in range(3):
        revocation.revoke_everyone(reason="other")

    entries = Revocation.objects.order_by("pk")
    versions = [entry.version for entry in entries]
    assert versions == sorted(set(versions))
    assert TokenEpoch.objects.get().token_epoch == versions[-1]
    assert {(entry.scope, entry.subject_id) for entry in entries} == {("everyone", None)}


def count_statements(call):
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def test_the_number_of_statements_grows_only_by_batches(monkeypatch):
    for number in range(30):
        people.make(f"user{number}")
    users = get_user_model().objects
    few = users.filter(pk__in=list(users.values_list("pk", flat=True)[:3]))

    def revoke(queryset):
        return count_statements(lambda: revocation.revoke_users(queryset, reason="admin"))

    assert revoke(few) == revoke(users.all())
    monkeypatch.setattr(batches, "BATCH_SIZE", 10)
    in_one_batch, in_three = revoke(few), revoke(users.all())
    monkeypatch.setattr(batches, "BATCH_SIZE", 5)
    assert revoke(users.all()) - in_three == 3 * (in_three - in_one_batch) / 2


def test_missing_state_rows_are_made_so_that_tokens_from_before_die_too(client, alice, bob):
    pairs = [legacy.pair_of(alice), legacy.pair_of(bob)]
    legacy.forget_everybody()

    assert revocation.revoke_users(get_user_model().objects.all(), reason="admin") == 2

    for pair in pairs:
        assert_revoked(client, pair)


def test_the_async_twins_do_the_same(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    assert async_to_sync(revocation.arevoke_user)(alice, reason="admin") == 1
    assert_revoked(client, hers)
    assert_alive(client, his)

    hers = people.tokens(client, alice)
    assert async_to_sync(revocation.arevoke_users)([bob.pk], reason="admin") == 1
    assert_revoked(client, his)
    assert_alive(client, hers)

    async_to_sync(revocation.arevoke_everyone)(reason="other")
    assert_revoked(client, hers)
