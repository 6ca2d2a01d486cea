"""``manage.py revoke_tokens``: who is meant."""

from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.models import Revocation, TokenEpoch, TokenState
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.revoking import assert_nothing_revoked, refused, revoke
from tests.support.sweeping import stored
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

IMPOSSIBLE_KEYS = ["", "nobody", "1.5", "99999999", "9" * 40, "-1", "\udce4", "null"]


@pytest.fixture
def three(client, alice, bob):
    """Return three users and their tokens."""
    return [(user, people.tokens(client, user)) for user in (alice, bob, people.make("carol"))]


def test_users_are_named_and_their_tokens_die_and_nobody_elses(client, three):
    (alice, hers), (bob, his), (_, others) = three

    printed = revoke(alice.get_username(), bob.get_username(), alice.get_username())

    assert printed == "Revoked all tokens of 2 users.\n"
    assert_revoked(client, hers)
    assert_revoked(client, his)
    assert_alive(client, others)
    assert_alive(client, people.tokens(client, alice))


def test_users_are_given_by_key_and_their_tokens_die_and_nobody_elses(client, three):
    (alice, hers), (bob, his), (_, others) = three

    printed = revoke("--pk", str(alice.pk), str(bob.pk), "--pk", str(bob.pk))

    assert printed == "Revoked all tokens of 2 users.\n"
    assert_revoked(client, hers)
    assert_revoked(client, his)
    assert_alive(client, others)


def test_names_and_keys_add_up(client, three):
    (alice, hers), (bob, his), (_, others) = three

    printed = revoke(alice.get_username(), "--pk", str(alice.pk), str(bob.pk))

    assert printed == "Revoked all tokens of 2 users.\n"
    assert_revoked(client, hers)
    assert_revoked(client, his)
    assert_alive(client, others)


@pytest.mark.skipif(
    get_user_model()._meta.pk.name == get_user_model().USERNAME_FIELD,
    reason="the name is the key",
)
def test_the_user_named_like_a_key_is_not_the_user_with_that_key(client, alice):
    namesake = get_user_model().objects.create_user(str(alice.pk), password=people.PASSWORD)
    hers, the_namesakes = people.tokens(client, alice), people.tokens(client, namesake)

    revoke(str(alice.pk))

    assert_revoked(client, the_namesakes)
    assert_alive(client, hers)

    revoke("--pk", str(alice.pk))

    assert_revoked(client, hers)


def test_all_who_are_not_found_are_told_and_nothing_is_done(client, alice):
    pair = people.tokens(client, alice)
    name, key = alice.get_username(), str(alice.pk)

    message = refused(name, "nobody", "no one", "--pk", key, "no-key", "--no-input")

    assert message == (
        "No user is named 'nobody'. No user is named 'no one'."
        " No user has the primary key 'no-key'. Nothing was revoked."
    )
    assert_alive(client, pair)
    assert_nothing_revoked()


@pytest.mark.parametrize("key", IMPOSSIBLE_KEYS, ids=ascii)
def test_an_impossible_key_is_told_and_nothing_is_done(key, alice):
    message = refused(alice.get_username(), f"--pk={key}", "--no-input")

    assert message == f"No user has the primary key {key!r}. Nothing was revoked."
    assert_nothing_revoked()


@pytest.mark.parametrize("name", ["", "\udce4", "n" * 5000], ids=["empty", "not UTF-8", "long"])
def test_an_impossible_name_is_told_and_nothing_is_done(name, alice):
    message = refused(alice.get_username(), name, "--no-input")

    assert message == f"No user is named {name!r}. Nothing was revoked."
    assert_nothing_revoked()


def test_a_name_that_several_users_have_is_told_and_nothing_is_done(alice, bob, monkeypatch):
    monkeypatch.setattr(get_user_model(), "USERNAME_FIELD", "password")
    get_user_model().objects.update(password="tenant-admin")

    message = refused("tenant-admin", "--no-input")

    assert message == (
        "Several users are named 'tenant-admin': pass the --pk of one. Nothing was revoked."
    )
    assert_nothing_revoked()


def test_users_whom_the_manager_hides_have_tokens_too(client, alice, monkeypatch):
    pair = people.tokens(client, alice)
    manager = type(get_user_model().objects)

    with monkeypatch.context() as hiding:
        hiding.setattr(manager, "get_queryset", lambda self: stored(alice).none())
        printed = revoke(alice.get_username())

    assert printed == "Revoked all tokens of 1 user.\n"
    assert_revoked(client, pair)


def test_staff_are_revoked_and_others_are_not(client, alice):
    admin = people.make("admin", is_staff=True)
    hers, the_admins = people.tokens(client, alice), people.tokens(client, admin)

    printed = revoke("--staff")

    assert printed == "Revoked all tokens of 1 user.\n"
    assert_revoked(client, the_admins)
    assert_alive(client, hers)


@needs_is_active
def test_the_inactive_are_revoked_beside_those_who_are_named(client, three):
    (alice, hers), (bob, _), (_, others) = three
    stored(bob).update(is_active=False)
    TokenState.objects.filter(user=bob.pk).update(is_active=False)

    printed = revoke(alice.get_username(), "--inactive", "--staff")

    assert printed == "Revoked all tokens of 2 users.\n"
    assert {entry.subject_id for entry in Revocation.objects.all()} == {alice.pk, bob.pk}
    assert_revoked(client, hers)
    assert_alive(client, others)


@needs_is_active
def test_nobody_is_revoked_where_nobody_is_inactive(client, alice):
    pair = people.tokens(client, alice)

    printed = revoke("--inactive")

    assert printed == "Revoked all tokens of 0 users.\n"
    assert_alive(client, pair)
    assert_nothing_revoked()


@pytest.mark.skipif("not needs_is_active.args[0]", reason="the user model has the column")
def test_the_inactive_cannot_be_told_without_a_column(alice):
    message = refused(alice.get_username(), "--inactive", "--no-input")

    assert message == (
        "--inactive is not possible: users.AlwaysActiveUser has no column is_active."
    )
    assert_nothing_revoked()


def test_everyones_tokens_die_and_a_new_login_lives(client, three):
    printed = revoke("--all", "--reason", "other", "--note", "Key leaked")

    entry = Revocation.objects.get()
    assert printed == "Revoked all tokens of everyone.\n"
    assert (entry.scope, entry.reason, entry.note) == ("everyone", "other", "Key leaked")
    for user, pair in three:
        assert_revoked(client, pair)
        assert_alive(client, people.tokens(client, user))


def test_revoking_everyone_costs_the_same_for_few_and_many(alice):
    with CaptureQueriesContext(connection) as few:
        revoke("--all")
    for number in range(5):
        people.make(f"user{number}")

    with CaptureQueriesContext(connection) as many:
        revoke("--all")

    assert len(few) == len(many)
    assert TokenEpoch.objects.count() == 1


@pytest.mark.parametrize("others", [["someone"], ["--pk", "1"], ["--staff"], ["--inactive"]])
def test_everyone_and_somebody_is_a_contradiction(others, alice):
    message = refused("--all", *others, "--no-input")

    assert message == "--all means every user: pass no other selection with it."
    assert_nothing_revoked()


def test_without_a_selection_it_is_told_what_to_give(alice):
    message = refused("--no-input")

    assert message == (
        "No user is selected: pass user names, --pk, --staff, --inactive, or --all for everyone."
    )
    assert_nothing_revoked()


def test_the_log_shows_reason_and_note_and_no_actor(alice, bob):
    revoke(alice.get_username())
    revoke(bob.get_username(), "--reason", "other", "--note", "Laptop stolen")

    first, second = Revocation.objects.order_by("pk")
    assert (first.subject_id, first.reason, first.note) == (alice.pk, "admin", "")
    assert (second.subject_id, second.reason, second.note) == (bob.pk, "other", "Laptop stolen")
    assert first.actor_id is None
    assert second.actor_id is None


def test_an_unknown_reason_is_refused(alice):
    message = refused(alice.get_username(), "--reason", "whim", "--no-input")

    assert "invalid choice: 'whim'" in message
    assert_nothing_revoked()
