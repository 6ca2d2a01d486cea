"""The sweep while others write: it goes on, and undoes nothing."""

from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection
import pytest

from jwt_invalidation import reconciliation, revocation
from jwt_invalidation.exceptions import StateUnavailable
from jwt_invalidation.maintenance.reconcile_all import Progress
from jwt_invalidation.models import TokenState
from jwt_invalidation.state import store
from jwt_invalidation.state.snapshot import Difference, take_snapshot
from tests.support import people
from tests.support.commands import before
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sweeping import UPDATE_STATE, make_stateless, rotate_secret_key, stored, swept


@contextmanager
def before_the_rows_are_made(interfere):
    """Interfere after the users are read and before their rows are made, or locked for that."""
    if connection.features.can_defer_constraint_checks or connection.vendor == "sqlite":
        with before("INSERT", interfere):
            yield
    else:
        # Two are let through: the count and the batch.
        with before("SELECT", interfere, passing=2):
            yield


def test_a_user_who_is_deleted_before_her_row_is_made_does_not_stop_the_sweep():
    alice, bob = make_stateless("alice", "bob")

    with before_the_rows_are_made(stored(alice).delete):
        swept()

    assert list(TokenState.objects.values_list("user", flat=True)) == [bob.pk]
    assert swept() == Progress(total=1, checked=1)


def test_a_sweep_in_which_all_newcomers_are_deleted_goes_on_to_the_next_batch():
    make_stateless("alice", "bob")
    # In the order of the database: MariaDB sorts UUIDs by other bytes than Python.
    first = get_user_model().objects.order_by("pk")[0]

    with before_the_rows_are_made(stored(first).delete):
        progress = swept(1)

    assert progress.checked == 2
    assert TokenState.objects.count() == 1


def test_a_user_who_is_deleted_before_she_is_reconciled_does_not_stop_the_sweep(client):
    alice, bob = people.make("alice"), people.make("bob")
    his = people.tokens(client, bob)
    original = stored(bob).get().password
    for user in (alice, bob):
        stored(user).update(password=make_password("another horse"))

    # Two are let through: the count and the batch.
    with before("SELECT", stored(alice).delete, passing=2):
        swept()
    stored(bob).update(password=original)

    assert_revoked(client, his)
    assert not get_user_model().objects.filter(pk=alice.pk).exists()


def test_a_user_who_is_deleted_before_her_row_is_refreshed_does_not_stop_the_sweep(settings):
    alice, bob = people.make("alice"), people.make("bob")
    rotate_secret_key(settings)

    with before(UPDATE_STATE, stored(alice).delete):
        swept()

    assert take_snapshot(bob.pk, using="default").difference() is Difference.NONE
    assert swept() == Progress(total=1, checked=1)


def test_a_revocation_that_overtakes_a_refresh_stands_and_the_row_is_refreshed(client, settings):
    alice = people.make("alice")
    pair = people.tokens(client, alice)
    rotate_secret_key(settings)

    with before(UPDATE_STATE, lambda: revocation.revoke_user(alice, reason="admin")):
        swept()

    assert_revoked(client, pair)
    assert take_snapshot(alice.pk, using="default").difference() is Difference.NONE
    assert_alive(client, people.tokens(client, alice))


def test_a_revocation_that_overtakes_a_save_under_another_key_stands(client, settings):
    alice = people.make("alice")
    pair = people.tokens(client, alice)
    rotate_secret_key(settings)

    with before(UPDATE_STATE, lambda: revocation.revoke_user(alice, reason="admin")):
        alice.save()

    assert_revoked(client, pair)
    assert take_snapshot(alice.pk, using="default").difference() is Difference.NONE
    assert_alive(client, people.tokens(client, alice))


def test_a_row_that_others_keep_changing_ends_the_sweep():
    alice = people.make("alice")
    stored(alice).update(password=make_password("another horse"))

    def interfere():
        TokenState.objects.update(token_version=store.fresh_version())

    with (
        pytest.raises(StateUnavailable),
        before(UPDATE_STATE, interfere, times=reconciliation.RECONCILE_ATTEMPTS),
    ):
        swept()

    assert swept().bumped == 1


def test_a_row_that_the_database_refuses_though_its_user_is_there_ends_the_sweep():
    make_stateless("alice")

    def refuse(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise IntegrityError("refused")
        return execute(sql, params, many, context)

    with pytest.raises(IntegrityError), connection.execute_wrapper(refuse):
        swept()

    assert swept().recorded == 1
