"""The flush: what goes, what stays, and in how many statements."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation import revocation, sessions
from jwt_invalidation.maintenance.flush import LONGEST_RETENTION, Progress, flush
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import people
from tests.support.commands import read_only
from tests.support.flushing import AT_ONCE, NOW, at, flushed, make_entries, make_sessions

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

SECOND = timedelta(seconds=1)
# The clock of the process goes by it as well.
IN_VIENNA = NOW.astimezone(ZoneInfo("Europe/Vienna"))


def log_in(client, user):
    return RefreshToken(people.tokens(client, user)["refresh"])["sid"]


def test_what_lives_and_what_is_of_today_is_left_alone(client, alice):
    ended, _ = log_in(client, alice), log_in(client, alice)
    sessions.end_session(ended, reason="logout")
    revocation.revoke_everyone(reason="admin")
    revocation.revoke_token(AccessToken.for_user(alice), reason="admin")

    assert flushed() == Progress(total=0)
    assert (TokenSession.objects.count(), Revocation.objects.count()) == (2, 3)


def test_an_ended_session_is_kept_for_as_long_as_a_session_may_live(client, alice):
    with at():
        sid = log_in(client, alice)
        sessions.end_session(sid, reason="logout")
    TokenSession.objects.update(idle_exp=NOW.timestamp() + 10**9)

    with at(days=30, seconds=-1):
        assert flushed().sessions == 0
    with at(days=30):
        assert flushed().sessions == 1


def test_an_expired_session_is_kept_for_as_long_as_well(client, alice):
    with at():
        log_in(client, alice)

    with at(days=31, seconds=-1):
        assert flushed().sessions == 0
    with at(days=31):
        assert flushed().sessions == 1


def test_a_live_session_stays_however_old_it_is(client, alice):
    with at():
        log_in(client, alice)
    TokenSession.objects.update(idle_exp=NOW.timestamp() + 10**9)

    with at(days=1_000):
        assert flushed(AT_ONCE).sessions == 0
        assert TokenSession.objects.exists()


@pytest.mark.parametrize(
    ("limits", "days"),
    [
        ({"SESSION_LIFETIME": timedelta(days=90)}, 90),
        # Never longer than the log.
        ({"SESSION_LIFETIME": timedelta.max}, 365),
        ({"AUDIT_RETENTION": timedelta(days=7)}, 7),
        ({"AUDIT_RETENTION": AT_ONCE}, 0),
    ],
)
def test_for_how_long_a_session_is_kept_is_set(alice, settings, limits, days):
    settings.JWT_INVALIDATION = limits
    with at():
        make_sessions(alice, 1, ended_at=datetime(2026, 3, 10, 12, tzinfo=UTC), idle_exp=2 * 10**9)

    with at(days=days, seconds=-1):
        assert flushed().sessions == 0
    with at(days=days):
        assert flushed().sessions == 1


@pytest.mark.parametrize("scope", ["user", "session", "everyone"])
@pytest.mark.parametrize(
    ("settings_of_ours", "retention", "kept_for"),
    [
        ({}, None, timedelta(days=365)),
        ({"AUDIT_RETENTION": timedelta(days=7)}, None, timedelta(days=7)),
        ({"AUDIT_RETENTION": timedelta(days=7)}, timedelta(days=8), timedelta(days=8)),
        ({}, LONGEST_RETENTION, LONGEST_RETENTION),
        ({}, AT_ONCE, AT_ONCE),
    ],
)
def test_the_log_is_kept_for_the_retention(
    alice, settings, scope, settings_of_ours, retention, kept_for
):
    settings.JWT_INVALIDATION = settings_of_ours
    make_entries(alice, 1, scope, created_at=NOW)

    with at(NOW + kept_for - SECOND):
        assert flushed(retention).revocations == 0
    with at(NOW + kept_for):
        assert flushed(retention) == Progress(total=1, revocations=1)


@pytest.mark.parametrize(
    ("retention", "kept_for"),
    [
        (None, timedelta(days=365)),
        (timedelta(days=31), timedelta(days=31)),
        # No copy of the token can live longer than a session does.
        (AT_ONCE, timedelta(days=30)),
    ],
)
def test_the_entry_of_a_token_is_kept_from_when_the_token_expires(alice, retention, kept_for):
    expiry = NOW + timedelta(days=500)
    make_entries(alice, 1, "token", created_at=NOW, expires_at=expiry)

    with at(expiry + kept_for - SECOND):
        assert flushed(retention).tokens == 0
    with at(expiry + kept_for):
        assert flushed(retention) == Progress(total=1, tokens=1)


def test_the_entry_of_a_token_that_had_expired_before_is_kept_for_the_retention(alice):
    make_entries(alice, 1, "token", created_at=NOW, expires_at=NOW - timedelta(days=500))

    with at(days=364):
        assert flushed() == Progress(total=0)
    with at(days=365):
        assert flushed() == Progress(total=1, tokens=1)


def test_an_entry_that_always_matters_stays(alice):
    make_entries(alice, 1, "token", expires_at=None)

    assert flushed(AT_ONCE) == Progress(total=0)


@pytest.mark.parametrize("lifetime", ["SLIDING_TOKEN_LIFETIME", "LEEWAY"])
def test_what_else_a_copy_may_live_by_keeps_the_entry(alice, settings, lifetime):
    settings.JWT_INVALIDATION = {"SESSION_LIFETIME": SECOND}
    kept_for = timedelta(days=60)
    defaults = {"SLIDING_TOKEN_LIFETIME": SECOND, lifetime: kept_for}
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, **defaults}
    make_entries(alice, 1, "token", created_at=NOW, expires_at=NOW)

    with at(NOW + kept_for - SECOND):
        assert flushed(AT_ONCE).tokens == 0
    with at(NOW + kept_for + SECOND):
        assert flushed(AT_ONCE).tokens == 1


def test_sessions_without_end_are_no_trouble_for_the_calendar(alice, settings):
    settings.JWT_INVALIDATION = {"SESSION_LIFETIME": timedelta.max}
    make_entries(alice, 1, "token", expires_at=NOW)
    make_entries(alice, 1)

    assert flushed() == Progress(total=1, revocations=1)


def test_without_time_zones_the_expiry_of_a_token_is_told_in_utc(alice, settings):
    settings.USE_TZ = False
    settings.JWT_INVALIDATION = {"SESSION_LIFETIME": SECOND, "AUDIT_RETENTION": AT_ONCE}
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "SLIDING_TOKEN_LIFETIME": SECOND}
    with at(IN_VIENNA):
        token = AccessToken.for_user(alice)
        revocation.revoke_token(token, reason="other")

    # The clock on the wall is an hour ahead.
    with at(IN_VIENNA, minutes=5):
        assert flushed().tokens == 0
    with at(IN_VIENNA, minutes=5, seconds=1):
        assert flushed().tokens == 1


def test_without_time_zones_a_session_is_kept_as_long_as_with_them(client, alice, settings):
    settings.USE_TZ = False
    with at(IN_VIENNA):
        sessions.end_session(log_in(client, alice), reason="logout")

    with at(IN_VIENNA, days=7, seconds=-1):
        assert flushed(timedelta(days=7)) == Progress(total=0)
    with at(IN_VIENNA, days=7):
        assert flushed(timedelta(days=7)) == Progress(total=2, sessions=1, revocations=1)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_every_row_is_reached_once_whatever_the_size_of_the_batch(alice, batch_size):
    make_sessions(alice, 5)
    make_sessions(alice, 2, ended_at=None, idle_exp=10**11)
    make_entries(alice, 3)
    make_entries(alice, 2, created_at=datetime.now(UTC))
    make_entries(alice, 4, "token", expires_at=NOW - timedelta(days=730))

    progress = flushed(batch_size=batch_size)

    assert progress == Progress(total=12, sessions=5, tokens=4, revocations=3)
    assert progress.deleted == 12
    assert (TokenSession.objects.count(), Revocation.objects.count()) == (2, 2)
    assert flushed() == Progress(total=0)


def test_the_progress_is_told_at_first_and_after_each_batch(alice):
    make_sessions(alice, 3)
    make_entries(alice, 1)

    steps = list(flush(batch_size=2))

    assert steps == [
        Progress(total=4),
        Progress(total=4, sessions=2),
        Progress(total=4, sessions=3),
        Progress(total=4, sessions=3, revocations=1),
    ]


def test_the_rows_of_others_are_counted_and_deleted_alike(alice, bob):
    make_sessions(alice, 2)
    make_sessions(bob, 1)
    make_entries(None, 1, "everyone")

    assert flushed() == Progress(total=4, sessions=3, revocations=1)


def test_lines_of_users_who_are_gone_go_too(alice):
    make_entries(alice, 1, actor_id=alice.pk)
    alice.delete()

    progress = flushed()

    assert (progress.revocations, Revocation.objects.get().reason) == (1, "deleted")


def statements(rows, batch_size, user):
    make_sessions(user, rows)
    make_entries(user, rows)
    with CaptureQueriesContext(connection) as sent:
        progress = flushed(batch_size=batch_size)
    assert progress == Progress(total=2 * rows, sessions=rows, revocations=rows)
    return len(sent)


def test_the_number_of_statements_grows_with_the_batches_alone(alice):
    of_few, of_many = statements(24, 2, alice), statements(10_800, 900, alice)
    in_more_batches = statements(24, 1, alice)

    assert of_few == of_many < in_more_batches


def test_a_batch_that_no_statement_could_take_is_cut(alice, monkeypatch):
    monkeypatch.setattr("jwt_invalidation.db.batches.BATCH_SIZE", 2)
    make_sessions(alice, 5)

    steps = [each.sessions for each in flush(batch_size=5)]

    assert steps == [0, 2, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_counts_on_a_database_that_cannot_even_be_written(alice):
    make_sessions(alice, 3)
    make_entries(alice, 2)
    make_entries(alice, 1, "token", expires_at=NOW - timedelta(days=730))

    with read_only():
        steps = list(flush(batch_size=1, dry_run=True))

    assert steps == [Progress(total=6, sessions=3, tokens=1, revocations=2)]
    assert (TokenSession.objects.count(), Revocation.objects.count()) == (3, 3)
    assert flushed() == steps[0]


def test_a_batch_of_nothing_is_refused(alice):
    make_entries(alice, 1)

    with pytest.raises(ValueError, match="at least one"):
        flushed(batch_size=0)

    assert Revocation.objects.exists()
