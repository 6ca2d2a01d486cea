"""The gate's one statement: built once for the process, and always the right one."""

import gc
import threading
import weakref

from django.contrib.auth import get_user_model
from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework.test import APIClient

from jwt_invalidation.db.compiled_query import Plan
from jwt_invalidation.gate import lookup
from jwt_invalidation.gate.lookup import statement
from jwt_invalidation.state.snapshot import take_snapshot
from tests.support import people
from tests.support.plans import forget_plans

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built(monkeypatch):
    """Count how often the statement is built, from nothing."""
    forget_plans()
    built = []
    original = Plan.__init__

    def build(self, *args):
        built.append(self)
        original(self, *args)

    monkeypatch.setattr(Plan, "__init__", build)
    return built


def objects_of(queryset_class=models.QuerySet, manager_class=models.Manager):
    manager = manager_class.from_queryset(queryset_class)()
    manager.model, manager.name = get_user_model(), "objects"
    return manager


def current():
    return statement(lookup._manager(), "default")


def test_it_is_built_once_for_many_requests(client, alice, built):
    hers = people.tokens(client, alice)

    for _ in range(3):
        assert people.ask(client, hers["access"]).status_code == 200

    assert len(built) == 1


def test_other_strategies_get_another_one(alice, built, settings):
    before = current()

    settings.JWT_INVALIDATION = {"STRATEGIES": ["tests.support.own_strategies.StaffSuspended"]}

    assert current() is not before
    assert current().plan is built[-1]


def test_another_user_id_field_gets_another_one(alice, built, simplejwt_settings):
    before = current()

    simplejwt_settings.USER_ID_FIELD = "pk" if alice._meta.pk.name != "pk" else "id"

    assert current() is not before


def on_another_connection(work):
    """Do the work in a thread, as a server's worker does, and as ASGI does for each request."""
    done = []

    def run():
        try:
            done.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    [result] = done
    return result


def test_another_connection_does_not_build_it_anew(client, alice, built):
    token = people.tokens(client, alice)["access"]
    number = len(built)

    answers = [on_another_connection(lambda: people.ask(APIClient(), token)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(built) == number


def test_a_connection_that_is_made_anew_does_not_build_it_anew(client, alice, built):
    token = people.tokens(client, alice)["access"]
    number, former = len(built), connections["default"]

    del connections["default"]
    try:
        assert people.ask(client, token).status_code == 200
        assert connections["default"] is not former
    finally:
        connections["default"].close()
        connections["default"] = former

    assert len(built) == number


def test_each_alias_has_its_own(built):
    assert statement(lookup._manager(), "other").plan is not current().plan
    assert len(built) == 2


def test_values_are_converted_by_the_connection_that_runs_it(alice, settings):
    """MariaDB and SQLite have times without a zone: the connection says which it is."""
    seen = current().find_user(alice.pk, {})

    on_thread = on_another_connection(lambda: current().find_user(alice.pk, {}))

    for field in alice._meta.concrete_fields:
        assert getattr(on_thread, field.attname) == getattr(seen, field.attname)
    assert current().compiler.connection is connections["default"]


def test_a_table_that_is_another_for_each_tenant_has_a_statement_of_its_own(built, monkeypatch):
    before = current()

    monkeypatch.setattr(get_user_model()._meta, "db_table", "elsewhere")

    assert current().plan is not before.plan


def test_it_dies_with_its_connection():
    born = []

    def work():
        born.append(weakref.ref(current()))
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    del thread
    gc.collect()

    assert born[0]() is None


class PlainQuerySet(models.QuerySet):
    def of_staff(self):
        return self.filter(is_staff=True)


class HidingQuerySet(models.QuerySet):
    hidden = set()

    def filter(self, *args, **kwargs):
        return super().filter(*args, **kwargs).exclude(pk__in=self.hidden)


class HidingManager(models.Manager):
    hidden = set()

    def get_queryset(self):
        return super().get_queryset().exclude(pk__in=self.hidden)


class PartialManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().only("is_staff")


def test_a_manager_with_methods_of_its_own_is_no_reason_to_build_anew(built, monkeypatch):
    monkeypatch.setattr(get_user_model(), "objects", objects_of(PlainQuerySet))

    for _ in range(3):
        current()

    assert len(built) == 1


@pytest.mark.parametrize(
    ("manager", "hidden"),
    [
        (objects_of(HidingQuerySet), HidingQuerySet.hidden),
        (objects_of(manager_class=HidingManager), HidingManager.hidden),
    ],
    ids=["queryset", "manager"],
)
def test_a_manager_that_answers_differently_on_each_request_is_asked_each_time(
    client, alice, monkeypatch, manager, hidden
):
    token = people.tokens(client, alice)["access"]
    monkeypatch.setattr(get_user_model(), "objects", manager)
    answers = []

    for keys in (set(), {alice.pk}, set()):
        hidden.clear()
        hidden.update(keys)
        answers.append(people.ask(client, token).status_code)

    assert answers == [200, 401, 200]


def test_a_base_manager_that_answers_differently_is_asked_each_time(alice, monkeypatch):
    manager = objects_of(manager_class=HidingManager)
    monkeypatch.setitem(vars(get_user_model()._meta), "base_manager", manager)
    monkeypatch.setattr(HidingManager, "hidden", set())
    assert take_snapshot(alice.pk, using="default").pk == alice.pk

    HidingManager.hidden.add(alice.pk)

    with pytest.raises(get_user_model().DoesNotExist):
        take_snapshot(alice.pk, using="default")


def test_a_manager_that_defers_the_password_still_costs_one_query(client, alice, monkeypatch):
    token = people.tokens(client, alice)["access"]
    monkeypatch.setattr(get_user_model(), "objects", objects_of(manager_class=PartialManager))

    with CaptureQueriesContext(connection) as queries:
        answer = people.ask(client, token)

    assert answer.status_code == 200
    assert len(queries) == 1


def test_a_model_without_objects_is_read_through_its_default_manager(monkeypatch):
    class Person(models.Model):
        people = models.Manager()

        class Meta:
            app_label = "users"

    monkeypatch.setattr(lookup, "user_model", lambda: Person)

    assert lookup._manager() is Person._default_manager
