"""Users are deleted: each is recorded once, and all of one deletion in one pass."""

from contextlib import suppress

from django.contrib.admin.utils import NestedObjects
from django.db import connection, transaction
from django.db.models.signals import pre_delete
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.db import batches
from jwt_invalidation.models import Revocation, TokenState
from tests.support import deleting, legacy, people
from tests.support.gates import receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

ways = pytest.mark.parametrize(
    "delete",
    [
        deleting.by_queryset,
        deleting.through_a_proxy,
        deleting.by_a_subquery,
        deleting.as_the_admin_does,
    ],
)


@pytest.fixture
def told(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [deleting.RECORDING]}
    deleting.Recording.told = told = []
    return told


def several(number, prefix="user"):
    return [people.make(f"{prefix}{each}") for each in range(number)]


@ways
def test_each_user_is_recorded_with_the_version_and_told_of_once(told, alice, delete):
    users = several(5)
    keys, versions = [user.pk for user in users], deleting.versions_of(users)

    with deleting.announced() as announced:
        delete(users)

    assert deleting.recorded() == versions
    assert len(versions) == 5
    assert sorted(told) == sorted(announced) == sorted(keys)
    assert list(TokenState.objects.values_list("user", flat=True)) == [alice.pk]


@ways
def test_the_statements_do_not_depend_on_the_number_of_users(alice, delete):
    few, many = several(2, "few"), several(20, "many")

    assert deleting.our_statements(lambda: delete(few)) == deleting.our_statements(
        lambda: delete(many)
    )


def test_instances_that_are_deleted_one_by_one_are_each_recorded(told, alice):
    users = several(3)
    keys, versions = [user.pk for user in users], deleting.versions_of(users)

    with deleting.announced() as announced:
        deleting.one_by_one(users)

    assert deleting.recorded() == versions
    assert told == announced == keys


def test_more_users_than_one_statement_takes_are_all_recorded(told, alice, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SIZE", 2)
    users = several(5)
    versions = deleting.versions_of(users)

    deleting.by_queryset(users)

    assert deleting.recorded() == versions
    assert sorted(told) == sorted(versions)


def test_users_without_a_state_are_told_of_and_have_no_entry(told, alice):
    legacy.forget_everybody()
    key = alice.pk

    with deleting.announced() as announced:
        alice.delete()

    assert told == announced == [key]
    assert not Revocation.objects.exists()


def test_a_receiver_that_looks_at_the_state_still_finds_it(alice):
    found = []

    def look(instance, **kwargs):
        found.append(TokenState.objects.filter(user=instance.pk).exists())

    with receiving(pre_delete, look):
        alice.delete()

    assert True in found
    assert Revocation.objects.get().reason == "deleted"


def test_a_deletion_that_another_receiver_stops_records_nothing(told, alice):
    def stop(**kwargs):
        raise RuntimeError

    with receiving(pre_delete, stop), suppress(RuntimeError), deleting.announced() as announced:
        deleting.by_queryset([alice])

    assert type(alice)._base_manager.filter(pk=alice.pk).exists()
    assert told == announced == []
    assert not Revocation.objects.exists()


def test_a_deletion_that_is_rolled_back_is_announced_to_nobody(alice):
    with suppress(RuntimeError), deleting.announced() as announced, transaction.atomic():
        deleting.by_queryset([alice])
        raise RuntimeError

    assert announced == []
    assert not Revocation.objects.exists()
    assert TokenState.objects.filter(user=alice.pk).exists()


def test_states_that_are_deleted_by_themselves_are_no_deleted_users(told, alice):
    TokenState.objects.filter(user=alice.pk).delete()

    assert told == []
    assert not Revocation.objects.exists()


def test_a_page_that_only_shows_what_would_be_deleted_records_nothing(told, alice):
    NestedObjects("default").collect([alice])

    assert told == []
    assert not Revocation.objects.exists()


def test_states_are_not_loaded_to_be_deleted(alice):
    with CaptureQueriesContext(connection) as queries:
        deleting.by_queryset([alice])

    reading = [each["sql"] for each in queries if each["sql"].startswith("SELECT")]
    locking = [each for each in reading if each.endswith(" UPDATE")]
    assert [each for each in reading if "tokenstate" in each and each not in locking] == []
