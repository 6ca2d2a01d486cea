"""The sweep: every user is held against the state on record."""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection
import pytest

from jwt_invalidation.maintenance.reconcile_all import Progress, sweep
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.state import store
from jwt_invalidation.state.snapshot import Difference, take_snapshot
from tests.support import people
from tests.support.commands import read_only
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sweeping import make_stateless, rotate_secret_key, stock_tokens, stored, swept
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]


def test_users_from_before_the_installation_are_recorded_and_their_tokens_live(client, alice):
    pair = stock_tokens(alice)
    TokenState.objects.all().delete()
    make_stateless("bob", "carol")

    progress = swept()

    assert progress == Progress(total=3, checked=3, recorded=3)
    assert TokenState.objects.count() == 3
    assert not Revocation.objects.exists()
    assert_alive(client, pair)


def test_a_token_from_before_the_installation_dies_if_its_user_changes_after_the_sweep(client):
    [alice] = make_stateless("alice")
    pair = stock_tokens(alice)
    swept()

    stored(alice).update(password=make_password("another horse"))

    assert_revoked(client, pair)


def test_a_password_changed_behind_djangos_back_after_the_sweep_is_noticed_at_once(client):
    [alice] = make_stateless("alice")
    swept()

    stored(alice).update(password=make_password("another horse"))

    assert swept() == Progress(total=1, checked=1, bumped=1)
    assert Revocation.objects.get().reason == "out_of_band"


def test_without_a_sweep_a_change_before_the_first_token_leaves_nothing_to_compare(client):
    [alice] = make_stateless("alice")

    stored(alice).update(password=make_password("another horse"))

    assert swept() == Progress(total=1, checked=1, recorded=1)


def test_a_password_that_was_away_during_the_sweep_and_came_back_kills_the_tokens(
    client, alice, bob
):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    original = stored(alice).get().password
    stored(alice).update(password=make_password("another horse"))

    progress = swept()
    stored(alice).update(password=original)

    assert progress == Progress(total=2, checked=2, bumped=1)
    assert_revoked(client, hers)
    assert_alive(client, his)


@needs_is_active
def test_a_deactivation_that_was_swept_kills_the_tokens_though_it_is_taken_back(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    stored(alice).update(is_active=False)

    progress = swept()
    stored(alice).update(is_active=True)

    assert progress.bumped == 1
    assert_revoked(client, hers)
    assert_alive(client, his)


@needs_is_active
def test_a_deactivation_that_is_taken_back_before_the_sweep_is_not_seen(client, alice):
    pair = people.tokens(client, alice)
    stored(alice).update(is_active=False)

    stored(alice).update(is_active=True)

    assert swept().bumped == 0
    assert_alive(client, pair)


def test_a_second_sweep_finds_nothing_to_do(client, alice, settings):
    make_stateless("bob")
    carol = people.make("carol")
    rotate_secret_key(settings)
    stored(carol).update(password=make_password("another horse"))

    first, second = swept(), swept()

    assert first == Progress(total=3, checked=3, recorded=1, bumped=1, refreshed=1)
    assert second == Progress(total=3, checked=3)
    assert Revocation.objects.count() == 1


def test_a_fallback_key_can_be_dropped_after_a_sweep_and_tokens_live(client, alice, settings):
    pair = people.tokens(client, alice)
    rotate_secret_key(settings)

    progress = swept()
    settings.SECRET_KEY_FALLBACKS = []

    assert progress == Progress(total=1, checked=1, refreshed=1)
    assert_alive(client, pair)
    assert not Revocation.objects.exists()


def test_a_fallback_key_that_is_dropped_without_a_sweep_kills_the_tokens(client, alice, settings):
    pair = people.tokens(client, alice)
    rotate_secret_key(settings)

    settings.SECRET_KEY_FALLBACKS = []

    assert_revoked(client, pair)


def test_a_proven_rehash_whose_worker_died_is_adopted_and_tokens_live(client, alice):
    pair = people.tokens(client, alice)
    rehash = make_password(people.PASSWORD)
    seen = take_snapshot(alice.pk, using="default")
    assert store.compare_and_set(seen, store.rehashed(seen, rehash), using="default")
    stored(alice).update(password=rehash)

    progress = swept()

    assert progress == Progress(total=1, checked=1, refreshed=1)
    assert take_snapshot(alice.pk, using="default").difference() is Difference.NONE
    assert_alive(client, pair)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_every_user_is_reached_once_whatever_the_size_of_the_batch(batch_size, db):
    make_stateless("alice", "bob", "carol", "dave", "eve")

    progress = swept(batch_size)

    assert progress == Progress(total=5, checked=5, recorded=5)
    assert TokenState.objects.count() == 5


def test_the_progress_is_told_at_first_and_after_each_batch(alice, bob):
    people.make("carol")

    steps = list(sweep(batch_size=2))

    assert steps == [Progress(total=3), Progress(total=3, checked=2), Progress(total=3, checked=3)]


def test_a_sweep_of_nobody_tells_so(db):
    assert swept() == Progress(total=0)


def test_a_batch_of_nobody_is_refused(db):
    with pytest.raises(ValueError, match="at least one"):
        swept(0)


@pytest.mark.parametrize("users", [2, 6])
def test_users_that_agree_cost_a_statement_a_batch(users, db, django_assert_num_queries):
    for number in range(users):
        people.make(f"user{number}")

    # How many there are, each batch, and the one that comes back empty.
    with django_assert_num_queries(1 + users // 2 + 1):
        swept(2)
    with django_assert_num_queries(1 + 1 + 1):
        swept(users)


def test_the_missing_rows_of_a_batch_are_made_in_one_statement(db, django_assert_num_queries):
    make_stateless("alice", "bob", "carol", "dave")

    # MariaDB would lock the users after their states: so they are locked first.
    locks = 0 if connection.features.can_defer_constraint_checks else 2
    locks = locks if connection.features.has_select_for_update else 0

    # Beside the three reads: a transaction (two statements) around one INSERT.
    with django_assert_num_queries(3 + 3 + locks):
        assert swept().recorded == 4


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_counts_on_a_database_that_cannot_even_be_written(client, alice, settings):
    pair = people.tokens(client, alice)
    make_stateless("bob")
    carol = people.make("carol")
    rotate_secret_key(settings)
    stored(carol).update(password=make_password("another horse"))

    with read_only():
        progress = swept(dry_run=True)

    assert progress == Progress(total=3, checked=3, recorded=1, bumped=1, refreshed=1)
    assert progress == swept()
    assert_alive(client, pair)


def test_users_whom_the_manager_hides_are_swept(client, alice, monkeypatch):
    pair = people.tokens(client, alice)
    original = stored(alice).get().password
    stored(alice).update(password=make_password("another horse"))
    manager = type(get_user_model().objects)

    with monkeypatch.context() as hiding:
        hiding.setattr(manager, "get_queryset", lambda self: stored(alice).none())
        assert not get_user_model().objects.exists()
        progress = swept()
    stored(alice).update(password=original)

    assert progress == Progress(total=1, checked=1, bumped=1)
    assert_revoked(client, pair)
