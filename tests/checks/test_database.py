"""Databases that part users from our tables, and the date of the installation in them."""

from datetime import timedelta

from django.core.checks import ERROR, INFO, WARNING
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
import pytest
import time_machine

from jwt_invalidation.users import user_model
from tests.support.checking import check_site, install_at

UNVERSIONED_TOKENS = 'JWT_INVALIDATION["UNVERSIONED_TOKENS"]'
OURS = ["tokenstate", "tokenepoch", "tokensession", "revocation", "secretkeyuse"]


@pytest.mark.parametrize("name", OURS)
def test_a_router_that_sends_a_table_of_ours_elsewhere_is_refused(name, route):
    route(elsewhere=[f"jwt_invalidation.{name}"])

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E013", ERROR)
    assert str(error.obj) == "DATABASE_ROUTERS"
    assert f"jwt_invalidation.{name}" in error.msg.lower()
    assert "to 'elsewhere'" in error.msg
    assert f"{user_model()._meta.label} is written to the database 'default'" in error.msg
    assert "DATABASE_ROUTERS" in error.hint


@pytest.mark.parametrize("name", OURS)
def test_a_router_that_keeps_a_table_of_ours_from_the_users_is_refused(name, route):
    route(forbidden=[f"jwt_invalidation.{name}"])

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E013", ERROR)
    assert str(error.obj) == "DATABASE_ROUTERS"
    assert f"do not let the table of jwt_invalidation.{name} be made" in error.msg.lower()
    assert "'default'" in error.msg
    assert "DATABASE_ROUTERS" in error.hint


def test_a_router_that_sends_the_users_alone_elsewhere_is_refused_for_each_table(route):
    route(elsewhere=[user_model()._meta.label_lower])

    errors = check_site()

    assert [error.id for error in errors] == ["jwt_invalidation.E013"] * len(OURS)
    assert all("'elsewhere'" in error.msg for error in errors)


def test_a_router_that_keeps_users_and_our_tables_together_is_accepted(route):
    together = [user_model()._meta.label_lower, *(f"jwt_invalidation.{name}" for name in OURS)]
    route(elsewhere=together)

    assert check_site() == []


def test_a_schema_that_holds_neither_users_nor_our_tables_is_accepted(route):
    neither = [user_model()._meta.label_lower, *(f"jwt_invalidation.{name}" for name in OURS)]
    route(forbidden=neither)

    assert check_site() == []


@pytest.fixture
def installed(db, simple_jwt):
    """The moment of the installation, with lifetimes whose longest is an hour."""
    simple_jwt(
        REFRESH_TOKEN_LIFETIME=timedelta(hours=1),
        SLIDING_TOKEN_REFRESH_LIFETIME=timedelta(minutes=30),
    )
    moment = timezone.now().replace(microsecond=0)
    install_at(moment)
    return moment


@pytest.mark.parametrize("leeway", [None, 0, 10, 10.0, timedelta(seconds=10)])
def test_accepting_tokens_without_a_version_is_doubted_once_the_old_ones_have_expired(
    installed, leeway, simple_jwt
):
    simple_jwt(LEEWAY=leeway)
    expired = installed + timedelta(hours=1, seconds=10 if leeway else 0)

    with time_machine.travel(expired, tick=False):
        before = check_site(deploy=True)
    with time_machine.travel(expired + timedelta(seconds=1), tick=False):
        [warning] = check_site(deploy=True)
        without_deploy = check_site()

    assert before == without_deploy == []
    assert (warning.id, warning.level) == ("jwt_invalidation.W003", WARNING)
    assert str(warning.obj) == UNVERSIONED_TOKENS
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
def test_the_longest_lifetime_decides_when_the_old_tokens_have_expired(installed, name, simple_jwt):
    simple_jwt(**{name: timedelta(days=30)})

    with time_machine.travel(installed + timedelta(days=30), tick=False):
        before = check_site(deploy=True)
    with time_machine.travel(installed + timedelta(days=30, seconds=1), tick=False):
        [warning] = check_site(deploy=True)

    assert before == []
    assert warning.id == "jwt_invalidation.W003"


def test_the_first_migration_tells_the_date_and_later_ones_do_not(installed):
    later = installed + timedelta(days=2)
    MigrationRecorder.Migration.objects.create(
        app="jwt_invalidation", name="9999_later", applied=later
    )

    with time_machine.travel(later, tick=False):
        [warning] = check_site(deploy=True)

    assert warning.id == "jwt_invalidation.W003"
    assert f"{installed:%Y-%m-%d}" in warning.msg


def test_rejecting_tokens_without_a_version_is_never_doubted(settings, installed):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}

    with time_machine.travel(installed + timedelta(days=365), tick=False):
        assert check_site(deploy=True) == []


def test_a_database_without_our_migrations_tells_no_date(installed):
    MigrationRecorder.Migration.objects.filter(app="jwt_invalidation").delete()

    [info] = check_site(deploy=True)

    assert (info.id, info.level) == ("jwt_invalidation.I001", INFO)
    assert str(info.obj) == UNVERSIONED_TOKENS
    assert "manage.py migrate" in info.hint


UNREADABLE = {
    "unreachable": ("sqlite3", "no/such/directory/database"),
    "empty": ("sqlite3", "database"),
    "not configured": ("dummy", ""),
}


@pytest.fixture(params=UNREADABLE.values(), ids=UNREADABLE.keys())
def unreadable(request, django_db_blocker, monkeypatch, tmp_path, route):
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
    route(elsewhere=together)
    with django_db_blocker.unblock():
        yield
        connections["elsewhere"].close()
    del connections["elsewhere"]


@pytest.mark.usefixtures("unreadable")
def test_a_database_that_tells_nothing_stops_no_check():
    [info] = check_site(deploy=True)

    assert (info.id, info.level) == ("jwt_invalidation.I001", INFO)
    assert str(info.obj) == UNVERSIONED_TOKENS
    assert "could not be read" in info.msg
    assert "manage.py migrate" in info.hint
