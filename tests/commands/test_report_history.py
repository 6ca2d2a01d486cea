"""The revocations of the last two weeks, by day and by reason."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
import pytest
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation
from jwt_invalidation.reconciliation import reconcile
from tests.support.reporting import SESSION, VERSION, report, screen
from tests.support.user_models import needs_is_active

pytestmark = [pytest.mark.any_user_model, pytest.mark.django_db]

NOON = "2020-11-23T11:00:00Z"


def revoke_at(user, *instants, reason="admin"):
    for instant in instants:
        with time_machine.travel(instant, tick=False):
            revocation.revoke_user(user, reason=reason)


def counted(now=NOON):
    """Return the days on which something was revoked."""
    with time_machine.travel(now, tick=False):
        by_day = report()["revocations"]["by_day"]
    return {day: count for day, count in by_day.items() if count}


def test_a_day_begins_and_ends_at_midnight_of_the_current_time_zone(alice):
    revoke_at(alice, "2020-11-21T23:00:00Z", "2020-11-22T22:59:59.999999Z", "2020-11-22T23:00:00Z")

    in_vienna = counted()
    with timezone.override("Pacific/Auckland"):
        in_auckland = counted()

    assert in_vienna == {"2020-11-22": 2, "2020-11-23": 1}
    assert in_auckland == {"2020-11-22": 1, "2020-11-23": 2}


def test_two_weeks_are_counted_and_neither_what_was_before_nor_what_is_to_come(alice):
    first, last = "2020-11-09T23:00:00Z", "2020-11-23T22:59:59Z"
    revoke_at(alice, first, last)
    revoke_at(alice, "2020-11-09T22:59:59Z", "2020-11-23T23:00:00Z", reason="logout")

    with time_machine.travel(NOON, tick=False):
        found = report()["revocations"]

    assert Revocation.objects.count() == 4
    assert list(found["by_day"])[0::13] == ["2020-11-10", "2020-11-23"]
    assert list(found["by_day"].values()) == [1, *[0] * 12, 1]
    assert (found["total"], found["by_reason"]) == (2, {"admin": 2})


def test_the_day_on_which_the_clock_is_set_back_has_all_its_hours(alice):
    revoke_at(alice, "2020-10-24T21:59:59Z", "2020-10-24T22:00:00Z")
    revoke_at(alice, "2020-10-25T22:59:59Z", "2020-10-25T23:00:00Z")

    assert counted("2020-10-26T12:00:00Z") == {
        "2020-10-24": 1,
        "2020-10-25": 2,
        "2020-10-26": 1,
    }


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", "2020-11-23T00:00:00Z"),
        ("Asia/Kathmandu", "2020-11-22T18:15:00Z"),
        ("America/Havana", "2020-11-23T05:00:00Z"),
    ],
)
def test_today_is_that_of_the_current_time_zone(alice, zone, midnight):
    revoke_at(alice, midnight)

    with timezone.override(zone), time_machine.travel(midnight, tick=False):
        found = report()["revocations"]

    assert found["time_zone"] == zone
    assert list(found["by_day"].items())[-1] == ("2020-11-23", 1)


def test_a_site_without_time_zones_has_days_as_well(alice, settings):
    settings.USE_TZ = False
    revoke_at(alice, NOON, NOON, NOON)
    [moved, *_] = Revocation.objects.values_list("pk", flat=True)
    Revocation.objects.filter(pk=moved).update(created_at=F("created_at") - timedelta(days=1))

    assert counted() == {"2020-11-22": 1, "2020-11-23": 2}


def test_each_user_is_one_revocation_and_everyone_is_one(alice, bob):
    revocation.revoke_users([alice, bob], reason="admin")
    revocation.revoke_everyone(reason="other")

    assert report()["revocations"]["by_reason"] == {"admin": 2, "other": 1}


def test_the_most_frequent_reasons_are_named_first(alice, bob):
    alice.set_password("another horse")
    alice.save()
    for reason, times in {"other": 1, "logout": 3, "expired": 1, "admin": 2}.items():
        for _ in range(times):
            revocation.revoke_user(bob, reason=reason)

    reasons = list(report()["revocations"]["by_reason"].items())

    assert reasons[:2] == [("logout", 3), ("admin", 2)]
    assert reasons[2:] == [("expired", 1), ("other", 1), ("password_changed", 1)]
    assert screen()[-8].strip() == "most often logout 3, admin 2, expired 1 and 2 more"


@needs_is_active
def test_what_was_changed_behind_djangos_back_is_counted_and_shown(alice, bob):
    for user, changes in ((alice, 2), (bob, 1)):
        for number in range(changes):
            type(user).objects.filter(pk=user.pk).update(password=f"changed {number}")
            reconcile(user.pk)
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    reconcile(bob.pk)
    revocation.revoke_user(alice, reason="admin")

    found, shown = report()["revocations"], screen()

    assert found["by_reason"] == {"out_of_band": 4, "admin": 1}
    assert found["by_cause"] == {"password_changed": 3, "deactivated": 1}
    assert found["total"] == sum(found["by_day"].values()) == 5
    assert shown[-8].strip() == "out of band: password_changed 3, deactivated 1"
    assert len(shown) <= 23


def test_changes_through_django_have_no_cause(alice):
    alice.set_password("another horse")
    alice.save()

    assert report()["revocations"]["by_cause"] == {}
    assert "out of band" not in "".join(screen())


def test_without_a_revocation_every_bar_is_empty_and_no_reason_is_named(alice):
    found, shown = report()["revocations"], screen()

    assert (found["total"], found["by_reason"]) == (0, {})
    assert list(found["by_day"].values()) == [0] * 14
    assert "most often" not in "".join(shown)
    assert "#" not in "".join(shown[-7:])


@pytest.mark.parametrize(
    ("strategies", "expected"),
    [
        ([VERSION, SESSION], [11, 21, 41]),
        # The sessions leave their room to the revocations.
        ([VERSION], [25, 45, 85]),
    ],
)
def test_a_wider_terminal_has_longer_bars(alice, settings, strategies, expected):
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}
    revocation.revoke_user(alice, reason="admin")

    bars = [screen(columns=columns)[-1].count("#") for columns in (80, 120, 200)]

    assert bars == expected
    assert screen(columns=5) == screen(columns=40)
