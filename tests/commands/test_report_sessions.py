"""The sessions: those that live now, and those that were started in the last two weeks."""

from django.utils import timezone
import pytest
import time_machine

from jwt_invalidation import sessions
from jwt_invalidation.models import TokenSession
from jwt_invalidation.strategies.session import SessionStrategy
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.reporting import BLACKLIST, EXPIRY, SESSION, VERSION, report, screen, text

pytestmark = [pytest.mark.any_user_model, pytest.mark.django_db]

NOON = "2020-11-23T11:00:00Z"


class OwnStrategy(SessionStrategy):
    """One of a project."""


def log_in_at(client, user, *instants):
    """Log in at these instants, and return the sids."""
    sids = []
    for instant in instants:
        with time_machine.travel(instant, tick=False):
            sids.append(RefreshToken(people.tokens(client, user)["refresh"])["sid"])
    return sids


def counted(now=NOON):
    """Return what the report says of sessions, without the days on which none was started."""
    with time_machine.travel(now, tick=False):
        found = report()["sessions"]
    by_day = {day: count for day, count in found["started_by_day"].items() if count}
    return {**found, "started_by_day": by_day}


def test_each_login_counts_on_its_day_and_a_refresh_does_not(client, alice, bob):
    log_in_at(client, alice, "2020-11-21T09:00:00Z", "2020-11-23T09:00:00Z")
    with time_machine.travel("2020-11-23T10:00:00Z", tick=False):
        pair = people.tokens(client, bob)
        assert people.refresh(client, pair["refresh"]).status_code == 200

    assert counted() == {
        "on": True,
        "live": 2,
        "started": 3,
        "started_by_day": {"2020-11-21": 1, "2020-11-23": 2},
    }


def test_what_was_ended_was_started_all_the_same_and_lives_no_more(client, alice):
    first, _ = log_in_at(client, alice, "2020-11-23T09:00:00Z", "2020-11-23T10:00:00Z")
    with time_machine.travel("2020-11-23T10:30:00Z", tick=False):
        sessions.end_session(first, reason="logout")

    found = counted()

    assert (found["live"], found["started"]) == (1, 2)


def test_a_session_that_lives_since_before_the_two_weeks_is_counted_as_live_alone(client, alice):
    log_in_at(client, alice, "2020-11-09T22:59:59Z")
    TokenSession.objects.update(idle_exp=2_000_000_000)

    found = counted()

    assert (found["live"], found["started"], found["started_by_day"]) == (1, 0, {})


def test_the_days_are_those_of_the_current_time_zone_and_none_is_left_out(client, alice):
    log_in_at(client, alice, "2020-11-09T23:00:00Z", "2020-11-22T22:59:59Z", "2020-11-23T22:59:59Z")

    with time_machine.travel(NOON, tick=False):
        by_day = report()["sessions"]["started_by_day"]
    with timezone.override("Pacific/Auckland"):
        in_auckland = counted()

    assert list(by_day)[0::13] == ["2020-11-10", "2020-11-23"]
    assert list(by_day.values()) == [1, *[0] * 11, 1, 1]
    assert in_auckland["started_by_day"] == {"2020-11-23": 1, "2020-11-24": 1}


def test_a_site_without_time_zones_has_days_as_well(client, alice, settings):
    settings.USE_TZ = False
    log_in_at(client, alice, NOON)

    assert counted()["started_by_day"] == {"2020-11-23": 1}


def test_the_bars_of_both_stand_side_by_side(client, alice):
    log_in_at(client, alice, NOON)

    with time_machine.travel(NOON, tick=False):
        shown = screen()

    assert "Sessions     1 live now, 1 (=) started in two weeks" in shown
    assert shown[-1].endswith("Mon 23 Nov 1 =========== 0")


@pytest.mark.parametrize("strategies", [[], [VERSION], [VERSION, BLACKLIST], [EXPIRY]])
def test_where_logins_start_no_sessions_this_is_said_and_no_bar_drawn(
    client, alice, settings, strategies
):
    log_in_at(client, alice, NOON)
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}

    found = counted()
    with time_machine.travel(NOON, tick=False):
        shown, chart = text(), screen()[-7:]

    assert found == {"on": False, "live": 0, "started": 0, "started_by_day": {}}
    assert "Sessions none: SessionStrategy is not active Revocations 0" in shown
    assert "=" not in "".join(chart)
    assert chart[-1].endswith("Mon 23 Nov 0")


@pytest.mark.parametrize("path", [SESSION, f"{__name__}.OwnStrategy"])
def test_a_strategy_that_is_made_of_ours_starts_sessions_too(client, alice, settings, path):
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION, path]}
    log_in_at(client, alice, NOON)

    assert counted()["started"] == 1
