"""Users go with what they belong to, or with their children: each is recorded once."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db.migrations.state import ProjectState
from django.db.models.deletion import CASCADE, Collector
import pytest

from jwt_invalidation.models import Revocation, TokenState
from tests.support import deleting, people

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        settings.AUTH_USER_MODEL != "auth.User", reason="needs relatives of the stock user"
    ),
]


class NoFastDeleteCollector(Collector):
    """As Django's `remove_stale_contenttypes` has it, in a module that differs between releases."""

    def can_fast_delete(self, *args, **kwargs):
        return False


def members(number, prefix="member", **fields):
    from tests.support.members.models import Member

    return [
        Member.objects.create_user(f"{prefix}{each}", password=people.PASSWORD, **fields)
        for each in range(number)
    ]


def club():
    from tests.support.members.models import Club

    return Club.objects.create()


@pytest.fixture
def told(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [deleting.RECORDING]}
    deleting.Recording.told = told = []
    return told


def test_users_that_go_with_another_model_are_each_recorded(told, alice):
    theirs = club()
    versions = deleting.versions_of(members(4, club=theirs))

    with deleting.announced() as announced:
        theirs.delete()

    assert deleting.recorded() == versions
    assert sorted(told) == sorted(announced) == sorted(versions)
    assert list(User.objects.all()) == [alice]


def test_their_number_adds_no_statement(alice):
    small, large = club(), club()
    members(2, "small", club=small)
    members(20, "large", club=large)

    assert deleting.our_statements(small.delete) == deleting.our_statements(large.delete)


def test_children_that_are_deleted_with_their_users_are_each_recorded(told):
    from tests.support.members.models import Member

    versions = deleting.versions_of(members(3))

    Member.objects.all().delete()

    assert deleting.recorded() == versions
    assert sorted(told) == sorted(versions)


def test_children_that_are_deleted_alone_are_no_deleted_users(told):
    [member] = members(1)

    member.delete(keep_parents=True)

    assert told == []
    assert not Revocation.objects.exists()
    assert TokenState.objects.exists()


def test_a_child_that_goes_alone_is_not_recorded_with_others_who_go(told, alice):
    [member] = members(1)
    versions = deleting.versions_of([alice])
    collector = Collector("default")
    collector.collect([member], keep_parents=True)
    collector.collect([alice])

    collector.delete()

    assert deleting.recorded() == versions
    assert told == list(versions)


def test_a_user_that_is_collected_twice_is_recorded_once(told):
    from tests.support.members.models import Colleague

    [member] = members(1)
    versions = deleting.versions_of([member])
    collector = Collector("default")
    collector.collect([Colleague.objects.get(pk=member.pk)])
    collector.collect([User.objects.get(pk=member.pk)])
    collector.collect([member])

    collector.delete()

    assert deleting.recorded() == versions
    assert told == list(versions)


def test_a_collector_that_deletes_nothing_fast_records_them_as_well(told, alice):
    versions = deleting.versions_of([alice])
    collector = NoFastDeleteCollector("default")
    collector.collect([alice])

    collector.delete()

    assert deleting.recorded() == versions
    assert told == list(versions)
    assert not TokenState.objects.exists()


def test_a_state_that_restricts_a_deletion_goes_with_its_own_user(told, alice):
    versions = deleting.versions_of([alice])
    collector = Collector("default")
    collector.add_restricted_objects(
        TokenState._meta.get_field("user"), [TokenState.objects.get(user=alice)]
    )

    collector.collect([alice])
    collector.delete()

    assert deleting.recorded() == versions
    assert told == list(versions)


def test_users_of_a_migration_are_deleted_without_code_of_ours(told, alice):
    state = ProjectState.from_apps(apps)
    historical = state.apps.get_model("auth", "User")

    historical.objects.all().delete()

    on_delete = state.apps.get_model("jwt_invalidation", "TokenState")._meta.get_field("user")
    assert on_delete.remote_field.on_delete is CASCADE
    assert told == []
    assert not User.objects.exists()
