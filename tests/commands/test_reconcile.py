"""``manage.py reconcile_tokens``."""

import re

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError
from django.db import IntegrityError, connection
import pytest

from jwt_invalidation import reconciliation
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.state import store
from tests.support import people
from tests.support.commands import before, manage, read_only, renamed, run, shown_by
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sweeping import UPDATE_STATE, make_stateless, rotate_secret_key, stored

pytestmark = pytest.mark.django_db

in_the_open = pytest.mark.django_db(transaction=True)


def test_it_counts_what_was_recorded_bumped_and_refreshed(client, alice, settings):
    pair = people.tokens(client, alice)
    make_stateless("bob", "carol")
    dave = people.make("dave")
    rotate_secret_key(settings)
    stored(dave).update(password=make_password("another horse"))

    first, second = run("reconcile_tokens"), run("reconcile_tokens")

    assert first == "Users checked: 4, recorded: 2, bumped: 1, refreshed: 1.\n"
    assert second == "Users checked: 4, recorded: 0, bumped: 0, refreshed: 0.\n"
    assert_alive(client, pair)


def test_tokens_of_a_user_who_was_changed_die_for_good(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    original = stored(alice).get().password
    stored(alice).update(password=make_password("another horse"))

    run("reconcile_tokens", "--batch-size", "1")
    stored(alice).update(password=original)

    assert_revoked(client, hers)
    assert_alive(client, his)
    assert Revocation.objects.get().reason == "out_of_band"


@in_the_open
def test_a_dry_run_counts_and_writes_nothing():
    make_stateless("alice")

    with read_only():
        printed = run("reconcile_tokens", "--dry-run")

    assert printed == (
        "Dry run, nothing was written. Users checked: 1, recorded: 1, bumped: 0, refreshed: 0.\n"
    )
    assert not TokenState.objects.exists()


def test_a_bar_grows_on_a_terminal(db):
    make_stateless("alice", "bob", "carol", "dave")

    shown = shown_by("reconcile_tokens", "--batch-size", "2", "--no-color")

    bars, counts = shown.split("\r\n")[0], shown.split("\r\n")[1]
    assert re.findall(r"\r\[(#*) *\] +(\d+)% (\d)/4", bars) == [
        ("", "0", "0"),
        ("#" * 20, "50", "2"),
        ("#" * 40, "100", "4"),
    ]
    assert counts == "Users checked: 4, recorded: 4, bumped: 0, refreshed: 0."


@in_the_open
def test_users_who_are_added_while_it_runs_do_not_overflow_the_bar():
    people.make("alice")

    # The look for a newer key and the count are let through.
    with before("SELECT", lambda: people.make("bob"), passing=2):
        shown = shown_by("reconcile_tokens")

    assert f"[{'#' * 40}] 100% 2/1" in shown


@in_the_open
def test_a_process_of_its_own_writes_no_bar_into_a_pipe_and_exits_with_zero(client):
    alice = people.make("alice")
    pair = people.tokens(client, alice)
    make_stateless("bob")

    done = manage("reconcile_tokens")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Users checked: 2, recorded: 1, bumped: 0, refreshed: 0.\n"
    assert_alive(client, pair)


@in_the_open
def test_a_database_that_cannot_be_written_is_an_error_in_a_sentence():
    make_stateless("alice")

    with read_only(), pytest.raises(CommandError) as raised:
        run("reconcile_tokens")

    assert re.fullmatch(
        r"The database failed: .*read.?only.*\. Users reconciled before that stay reconciled\. Run .* again\.",
        str(raised.value),
        re.IGNORECASE,
    )
    assert raised.value.returncode == 1
    assert "recorded: 1" in run("reconcile_tokens")


def test_a_row_that_the_database_quotes_in_its_error_is_not_repeated(db):
    make_stateless("alice")

    def refuse(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise IntegrityError("violates not-null\nDETAIL:  Failing row contains (1, 5f4dcc3b).")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse), pytest.raises(CommandError) as raised:
        run("reconcile_tokens")

    assert str(raised.value).startswith("The database failed: violates not-null. Users reconciled")
    assert "5f4dcc3b" not in str(raised.value)


@in_the_open
def test_an_error_on_a_terminal_begins_on_a_line_of_its_own():
    make_stateless("alice")

    with read_only():
        shown = shown_by("reconcile_tokens", raises=CommandError)

    assert shown.endswith("0/1\r\n")


@in_the_open
def test_missing_tables_are_named_with_the_advice_to_migrate():
    with (
        renamed(Revocation),
        pytest.raises(CommandError, match=r"no table jwt_invalidation_revocation: run .*migrate"),
    ):
        run("reconcile_tokens")

    assert "Users checked: 0" in run("reconcile_tokens")


@in_the_open
def test_a_user_whom_others_keep_changing_is_an_error_in_a_sentence():
    alice = people.make("alice")
    stored(alice).update(password=make_password("another horse"))

    def interfere():
        TokenState.objects.update(token_version=store.fresh_version())

    with (
        pytest.raises(CommandError, match=r"kept changing a user\. .* Run the command again"),
        before(UPDATE_STATE, interfere, times=reconciliation.RECONCILE_ATTEMPTS),
    ):
        run("reconcile_tokens")

    assert "bumped: 1" in run("reconcile_tokens")


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_an_impossible_size_of_a_batch_is_refused(size, alice):
    TokenState.objects.all().delete()

    with pytest.raises(CommandError, match="--batch-size"):
        run("reconcile_tokens", "--batch-size", size)

    assert not TokenState.objects.exists()
    assert get_user_model().objects.exists()
