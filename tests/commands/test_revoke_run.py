"""``manage.py revoke_tokens``: what it asks before, and how it ends."""

from io import StringIO
import sys

from django.core.management import CommandError, execute_from_command_line
from django.test.utils import override_settings
import pytest

from jwt_invalidation.models import Revocation
from tests.support import people
from tests.support.commands import manage, read_only, renamed, run, terminal
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.revoking import assert_nothing_revoked, refused, revoke

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

in_the_open = pytest.mark.django_db(transaction=True)


def answered(keys, monkeypatch, *arguments):
    """Run the command at a terminal where somebody types; return what it prints."""
    with terminal("r") as (stdin, keyboard):
        keyboard.write(keys.encode())
        monkeypatch.setattr(sys, "stdin", stdin)
        return run("revoke_tokens", *arguments)


@pytest.mark.parametrize(
    ("everyone", "whom"), [(True, "everyone"), (False, "1 user")], ids=["all", "one"]
)
def test_a_dry_run_says_what_would_be_done_and_changes_nothing(everyone, whom, client, alice):
    pair = people.tokens(client, alice)

    printed = run("revoke_tokens", "--all" if everyone else alice.get_username(), "--dry-run")

    assert printed == f"Would revoke all tokens of {whom}. Dry run: nothing was changed.\n"
    assert_alive(client, pair)
    assert_nothing_revoked()


def test_a_dry_run_tells_who_is_not_found(db):
    assert "No user is named 'nobody'." in refused("nobody", "--dry-run")


def test_a_yes_on_the_terminal_revokes(client, alice, monkeypatch, capsys):
    pair = people.tokens(client, alice)

    printed = answered("yes\n", monkeypatch, alice.get_username())

    assert capsys.readouterr().out == (
        "This revokes all tokens of 1 user: they have to log in again.\nType 'yes' to continue: "
    )
    assert printed == "Revoked all tokens of 1 user.\n"
    assert_revoked(client, pair)


@pytest.mark.parametrize("answer", ["no\n", "y\n", "YES\n", "\n", "\x04"], ids=ascii)
@pytest.mark.parametrize("everyone", [True, False], ids=["all", "one"])
def test_any_other_answer_revokes_nothing(everyone, answer, client, alice, monkeypatch):
    pair = people.tokens(client, alice)

    with pytest.raises(CommandError, match=r"Cancelled\. Nothing was revoked"):
        answered(answer, monkeypatch, "--all" if everyone else alice.get_username())

    assert_alive(client, pair)
    assert_nothing_revoked()


@pytest.mark.parametrize("has_stdin", [True, False], ids=["a pipe", "no stdin"])
def test_without_a_terminal_nobody_is_asked_and_nothing_is_revoked(
    has_stdin, client, alice, monkeypatch
):
    pair = people.tokens(client, alice)
    monkeypatch.setattr(sys, "stdin", StringIO("yes\n") if has_stdin else None)

    message = refused(alice.get_username())

    assert message == "There is no terminal to ask for confirmation on: pass --no-input."
    assert_alive(client, pair)
    assert_nothing_revoked()


@in_the_open
def test_a_process_of_its_own_asks_revokes_and_exits_with_zero(client):
    alice, bob = people.make("alice"), people.make("bob")
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    done = manage("revoke_tokens", alice.get_username(), typed="yes\n")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Type 'yes' to continue: Revoked all tokens of 1 user.\n")
    assert_revoked(client, hers)
    assert_alive(client, his)


@in_the_open
def test_a_process_of_its_own_that_finds_somebody_not_exits_with_one(client):
    alice = people.make("alice")
    pair = people.tokens(client, alice)

    done = manage("revoke_tokens", alice.get_username(), "nobody", "--no-input")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "CommandError: No user is named 'nobody'. Nothing was revoked.\n"
    assert_alive(client, pair)


@in_the_open
def test_missing_tables_are_named_with_the_advice_to_migrate():
    alice = people.make("alice")

    with renamed(Revocation):
        message = refused(alice.get_username(), "--no-input")

    assert message == (
        "The database has no table jwt_invalidation_revocation: run `manage.py migrate` first."
    )
    assert revoke(alice.get_username()) == "Revoked all tokens of 1 user.\n"


@in_the_open
def test_a_database_that_cannot_be_written_is_an_error_in_a_sentence(client):
    alice = people.make("alice")
    pair = people.tokens(client, alice)

    with read_only():
        message = refused(alice.get_username(), "--no-input")

    assert message.startswith("The database failed: ")
    assert message.endswith(". Nothing was revoked.")
    assert_alive(client, pair)


@in_the_open
def test_an_emergency_does_not_wait_for_an_error_elsewhere(client, capsys):
    alice = people.make("alice")
    pair = people.tokens(client, alice)

    with override_settings(ROOT_URLCONF="nowhere"):
        execute_from_command_line(["manage.py", "revoke_tokens", "--all", "--no-input"])
        with pytest.raises(ModuleNotFoundError):
            execute_from_command_line(["manage.py", "check"])

    assert capsys.readouterr().out == "Revoked all tokens of everyone.\n"
    assert_revoked(client, pair)


def test_the_help_explains_every_option_and_ends_in_examples(capsys):
    with pytest.raises(SystemExit):
        run("revoke_tokens", "--help")

    printed = capsys.readouterr().out
    assert "manage.py revoke_tokens --all --no-input" in printed.splitlines()[-1]


def test_a_site_whose_users_have_no_such_column_is_told_with_exit_code_one(db):
    done = manage(
        "revoke_tokens", "--inactive", "--no-input", TEST_USER_MODEL="users.AlwaysActiveUser"
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "CommandError: --inactive is not possible:"
        " users.AlwaysActiveUser has no column is_active.\n"
    )
