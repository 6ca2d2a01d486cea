"""``manage.py flush_tokens``."""

from datetime import timedelta
import re

from django.core.management import CommandError
import pytest

from jwt_invalidation import revocation, sessions
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import people
from tests.support.commands import manage, read_only, renamed, run, shown_by
from tests.support.flushing import NOW, at, make_lines, make_sessions
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db

in_the_open = pytest.mark.django_db(transaction=True)

NOTHING = "Sessions deleted: 0, log entries of single tokens: 0, other log entries: 0.\n"


def left():
    return TokenSession.objects.count(), Revocation.objects.count()


@pytest.fixture
def old_rows(alice):
    make_sessions(alice, 3)
    make_lines(alice, 2)
    make_lines(alice, 1, "token", expires_at=NOW - timedelta(days=730))


def test_it_counts_what_is_gone(client, alice, old_rows):
    pair, ended = people.tokens(client, alice), people.tokens(client, alice)
    sessions.end_session(RefreshToken(ended["refresh"])["sid"], reason="logout")

    first, second = run("flush_tokens"), run("flush_tokens")

    assert first == "Sessions deleted: 3, log entries of single tokens: 1, other log entries: 2.\n"
    assert second == NOTHING
    assert left() == (2, 1)
    assert_alive(client, pair)
    assert_revoked(client, ended)


def test_a_retention_in_days_stands_in_for_the_setting(client, alice, settings):
    settings.JWT_INVALIDATION = {"AUDIT_RETENTION": timedelta(days=1)}
    with at():
        revocation.revoke_token(AccessToken.for_user(alice), reason="other")
        people.tokens(client, alice)
        sessions.end_other_sessions(alice, keep="", reason="logout")

    with at(days=2):
        assert run("flush_tokens", "--retention", "3") == NOTHING
        assert "Sessions deleted: 1" in run("flush_tokens", "--retention", "2")
        # The entry of a token outlives every copy of that.
        assert left() == (0, 1)
        assert run("flush_tokens", "--retention", "0") == NOTHING
    with at(days=31):
        assert "single tokens: 1" in run("flush_tokens")


def test_with_a_retention_of_no_day_even_the_lines_of_this_moment_go(alice):
    make_lines(alice, 1, created_at=NOW)

    with at():
        assert "other log entries: 1" in run("flush_tokens", "--retention", "0")


@in_the_open
def test_a_dry_run_counts_and_deletes_nothing(old_rows):
    with read_only():
        printed = run("flush_tokens", "--dry-run")

    assert printed == (
        "Dry run, nothing was deleted. "
        "Sessions deleted: 3, log entries of single tokens: 1, other log entries: 2.\n"
    )
    assert left() == (3, 3)


def test_a_bar_grows_on_a_terminal(alice):
    make_sessions(alice, 4)

    shown = shown_by("flush_tokens", "--batch-size", "2", "--no-color")

    bars, counts = shown.split("\r\n")[0], shown.split("\r\n")[1]
    assert re.findall(r"\r\[(#*) *\] +(\d+)% (\d)/4", bars) == [
        ("", "0", "0"),
        ("#" * 20, "50", "2"),
        ("#" * 40, "100", "4"),
    ]
    assert counts == "Sessions deleted: 4, log entries of single tokens: 0, other log entries: 0."


@in_the_open
def test_a_process_of_its_own_writes_no_bar_into_a_pipe_and_exits_with_zero(old_rows):
    done = manage("flush_tokens")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Sessions deleted: 3, log entries of single tokens: 1, other log entries: 2.\n"
    )
    assert left() == (0, 0)


def test_it_can_be_silent(old_rows):
    shown, piped = shown_by("flush_tokens", "--verbosity", "0"), run("flush_tokens", verbosity=0)

    assert (shown, piped) == ("", "")
    assert left() == (0, 0)


@in_the_open
def test_a_database_that_cannot_be_written_is_an_error_in_a_sentence(old_rows):
    with read_only(), pytest.raises(CommandError) as raised:
        run("flush_tokens", verbosity=0)

    assert re.fullmatch(
        r"The database failed: .*read.?only.*\. Rows deleted before that are gone\. Run .* again\.",
        str(raised.value),
        re.IGNORECASE,
    )
    assert raised.value.returncode == 1
    assert "Sessions deleted: 3" in run("flush_tokens")


@in_the_open
def test_a_database_that_does_not_answer_is_an_error_in_a_sentence():
    done = manage("flush_tokens", DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CommandError: The database failed: ")
    assert done.stderr.endswith("Run the command again.\n")


@in_the_open
@pytest.mark.parametrize("model", [TokenSession, Revocation])
def test_missing_tables_are_named_with_the_advice_to_migrate(model):
    table = model._meta.db_table

    with renamed(model), pytest.raises(CommandError, match=rf"no table {table}: run .*migrate"):
        run("flush_tokens")

    assert run("flush_tokens") == NOTHING


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_an_impossible_size_of_a_batch_is_refused(size, old_rows):
    with pytest.raises(CommandError, match="--batch-size"):
        run("flush_tokens", "--batch-size", size)

    assert left() == (3, 3)


@pytest.mark.parametrize("days", ["-1", "36501", "1.5", "none"])
def test_an_impossible_retention_is_refused(days, old_rows):
    with pytest.raises(CommandError, match="--retention"):
        run("flush_tokens", "--retention", days)

    assert left() == (3, 3)
    assert run("flush_tokens", "--retention", "36500").endswith("other log entries: 0.\n")


@in_the_open
def test_a_retention_in_the_settings_that_is_none_is_refused_by_the_checks(old_rows):
    # As a process: only there a command runs the checks by itself.
    done = manage("flush_tokens", DJANGO_SETTINGS_MODULE="tests.settings.flushing_badly")

    assert (done.returncode, done.stdout) == (1, "")
    assert 'JWT_INVALIDATION["AUDIT_RETENTION"]: (jwt_invalidation.E003) The setting' in done.stderr
    assert "must be a timedelta" in done.stderr
    assert left() == (3, 3)


def test_the_help_explains_the_options_and_ends_in_examples(capsys):
    with pytest.raises(SystemExit) as raised:
        run("flush_tokens", "--help")

    shown = capsys.readouterr().out
    assert raised.value.code == 0
    for option in ("--batch-size ROWS", "--retention DAYS", "--dry-run"):
        assert option in shown
    assert shown.partition("examples:\n")[2].splitlines() == [
        "  manage.py flush_tokens --dry-run",
        "  manage.py flush_tokens --retention 90",
    ]
