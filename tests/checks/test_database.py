"""Databases that part users from our tables, and the date of the installation in them."""

from datetime import timedelta

from django.core.checks import ERROR, INFO, WARNING, run_checks
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
import pytest
import time_machine

from jwt_invalidation.users import user_model
from tests.support.routers import Router

TAGS = ["jwt_invalidation"]


OURS = ["tokenstate", "tokenepoch", "revocation"]


@pytest.mark.parametrize("name", OURS)
def test_a_router_that_sends_a_table_of_ours_elsewhere_is_refused(settings, name):
    settings.DATABASE_ROUTERS = [Router(elsewhere=[f"jwt_invalidation.{name}"])]

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E013", ERROR)
    assert f"jwt_invalidation.{name}" in error.msg.lower()
    assert "to 'elsewhere'" in error.msg
    assert f"{user_model()._meta.label} is written to the database 'default'" in error.msg
    assert "DATABASE_ROUTERS" in error.hint


@pytest.mark.parametrize("name", OURS)
def test_a_router_that_keeps_a_table_of_ours_from_the_users_is_refused(settings, name):
    settings.DATABASE_ROUTERS = [Router(forbidden=[f"jwt_invalidation.{name}"])]

    [error] = run_checks(tags=TAGS)

    assert (error.id, error.level) == ("jwt_invalidation.E013", ERROR)
    assert f"do not let the table of jwt_invalidation.{name} be made" in error.msg.lower()
    assert "'default'" in error.msg
    assert "DATABASE_ROUTERS" in error.hint


def test_a_router_that_sends_the_users_alone_elsewhere_is_refused_for_each_table(settings):
    settings.DATABASE_ROUTERS = [Router(elsewhere=[user_model()._meta.label_lower])]

    errors = run_checks(tags=TAGS)

    assert [error.id for error in errors] == ["jwt_invalidation.E013"] * 3
    assert all("'elsewhere'" in error.msg for error in errors)


def test_a_router_that_keeps_users_and_our_tables_together_is_left_in_peace(settings):
    together = [user_model()._meta.label_lower, *(f"jwt_invalidation.{name}" for name in OURS)]
    settings.DATABASE_ROUTERS = [Router(elsewhere=together)]

    assert run_checks(tags=TAGS) == []


@pytest.fixture
def installed(db, settings):
    """The moment of the installation, with lifetimes whose longest is an hour."""
    settings.SIMPLE_JWT = {
        **settings.SIMPLE_JWT,
        "REFRESH_TOKEN_LIFETIME": timedelta(hours=1),
        "SLIDING_TOKEN_REFRESH_LIFETIME": timedelta(minutes=30),
    }
    moment = timezone.now().replace(microsecond=0)
    ours = MigrationRecorder.Migration.objects.filter(app="jwt_invalidation")
    ours.update(applied=moment)
    return moment


@pytest.mark.parametrize("leeway", [None, 0, 10, 10.0, timedelta(seconds=10)])
def test_accepting_tokens_without_a_version_is_doubted_once_the_old_ones_have_expired(
    settings, installed, leeway
):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": leeway}
    expired = installed + timedelta(hours=1, seconds=10 if leeway else 0)

    with time_machine.travel(expired, tick=False):
        before = run_checks(tags=TAGS, include_deployment_checks=True)
    with time_machine.travel(expired + timedelta(seconds=1), tick=False):
        [warning] = run_checks(tags=TAGS, include_deployment_checks=True)
        without_deploy = run_checks(tags=TAGS)

    assert before == without_deploy == []
    assert (warning.id, warning.level) == ("jwt_invalidation.W003", WARNING)
    assert f"{installed:%Y-%m-%d}" in warning.msg
    assert '"UNVERSIONED_TOKENS": "reject"' in warning.hint


@pytest.mark.parametrize(
    "name",
    [
        "ACCESS_TOKEN_LIFETIME",
        "REFRESH_TOKEN_LIFETIME",
        "SLIDING_TOKEN_LIFETIME",
        "SLIDING_TOKEN_REFRESH_LIFETIME",
    ],
)
def test_the_longest_lifetime_decides_when_the_old_tokens_have_expired(settings, installed, name):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, name: timedelta(days=30)}

    with time_machine.travel(installed + timedelta(days=30), tick=False):
        before = run_checks(tags=TAGS, include_deployment_checks=True)
    with time_machine.travel(installed + timedelta(days=30, seconds=1), tick=False):
        [warning] = run_checks(tags=TAGS, include_deployment_checks=True)

    assert before == []
    assert warning.id == "jwt_invalidation.W003"


def test_the_first_migration_tells_the_date_and_later_ones_do_not(installed):
    later = installed + timedelta(days=2)
    MigrationRecorder.Migration.objects.create(
        app="jwt_invalidation", name="9999_later", applied=later
    )

    with time_machine.travel(later, tick=False):
        [warning] = run_checks(tags=TAGS, include_deployment_checks=True)

    assert warning.id == "jwt_invalidation.W003"
    assert f"{installed:%Y-%m-%d}" in warning.msg


def test_rejecting_tokens_without_a_version_is_never_doubted(settings, installed):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}

    with time_machine.travel(installed + timedelta(days=365), tick=False):
        assert run_checks(tags=TAGS, include_deployment_checks=True) == []


def test_a_database_without_our_migrations_tells_no_date(installed):
    MigrationRecorder.Migration.objects.filter(app="jwt_invalidation").delete()

    [info] = run_checks(tags=TAGS, include_deployment_checks=True)

    assert (info.id, info.level) == ("jwt_invalidation.I001", INFO)
    assert "manage.py migrate" in info.hint


UNREADABLE = {
    "unreachable": ("sqlite3", "no/such/directory/database"),
    "empty": ("sqlite3", "database"),
    "not configured": ("dummy", ""),
}


@pytest.fixture(params=UNREADABLE.values(), ids=UNREADABLE.keys())
def unreadable(request, django_db_blocker, settings, monkeypatch, tmp_path):
    """A database in which users and our tables should be."""
    backend, name = request.param
    declared = {
        **connections.settings["default"],
        "ENGINE": f"django.db.backends.{backend}",
        "NAME": tmp_path / name,
        "OPTIONS": {},
    }
    monkeypatch.setitem(connections.settings, "elsewhere", declared)
    together = [user_model()._meta.label_lower, *(f"jwt_invalidation.{name}" for name in OURS)]
    settings.DATABASE_ROUTERS = [Router(elsewhere=together)]
    with django_db_blocker.unblock():
        yield
        connections["elsewhere"].close()
    del connections["elsewhere"]


@pytest.mark.usefixtures("unreadable")
def test_a_database_that_tells_nothing_stops_no_check():
    [info] = run_checks(tags=TAGS, include_deployment_checks=True)

    assert (info.id, info.level) == ("jwt_invalidation.I001", INFO)
    assert "could not be read" in info.msg
    assert "manage.py migrate" in info.hint
