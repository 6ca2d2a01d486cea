"""Databases that part users from our tables, and the date of the installation in them."""

from django.core.checks import ERROR, INFO, WARNING
from django.db import connections
import pytest

from jwt_invalidation.models import Installation
from jwt_invalidation.users import user_model
from tests.support.checking import check_site
from tests.support.clock import NOON
from tests.support.legacy import begin_installation, end_installation

UNVERSIONED_TOKENS = 'JWT_INVALIDATION["UNVERSIONED_TOKENS"]'
OURS = [
    "tokenstate",
    "tokenepoch",
    "tokensession",
    "revocation",
    "installation",
    "secretkeyuse",
]


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
def accepting(settings, db):
    """Accept tokens without a version, as for the hour of a rolling deploy."""
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "accept"}
    return settings


@pytest.mark.usefixtures("accepting", "clock")
def test_accepting_tokens_without_a_version_is_doubted_once_the_installation_has_ended():
    end_installation(int(NOON.timestamp()))
    at_the_end = check_site(deploy=True)
    end_installation(int(NOON.timestamp()) - 1)

    [warning] = check_site(deploy=True)

    assert at_the_end == check_site() == []
    assert (warning.id, warning.level) == ("jwt_invalidation.W003", WARNING)
    assert str(warning.obj) == UNVERSIONED_TOKENS
    assert "ended at 2026-03-01 11:59:59 UTC" in warning.msg
    assert warning.hint.startswith(f"Remove {UNVERSIONED_TOKENS}")


def test_accepting_them_is_not_doubted_before_the_first_token_is_stamped(accepting):
    begin_installation()

    assert check_site(deploy=True) == []


def test_accepting_them_is_doubted_where_no_installation_is_on_record(accepting):
    Installation.objects.all().delete()

    [warning] = check_site(deploy=True)

    assert warning.id == "jwt_invalidation.W003"
    assert "at a time that is not on record" in warning.msg


@pytest.mark.parametrize("policy", ["reject", "issued_before_installation"])
def test_no_other_policy_is_ever_doubted(accepting, policy):
    end_installation(0)
    accepting.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": policy}

    assert check_site(deploy=True) == []


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


@pytest.mark.usefixtures("accepting", "unreadable")
def test_a_database_that_tells_nothing_stops_no_check():
    [info] = check_site(deploy=True)

    assert (info.id, info.level) == ("jwt_invalidation.I001", INFO)
    assert str(info.obj) == UNVERSIONED_TOKENS
    assert "could not be read" in info.msg
    assert "manage.py migrate" in info.hint
