"""Code that merges two accounts, as projects have it, raises nothing and leaves no ghost of a session."""

from django.apps import apps
from django.db import connection
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenSession, TokenState
from jwt_invalidation.sessions.status import Status, live_sessions, with_status
from jwt_invalidation.tokens import AccessToken
from jwt_invalidation.users import user_model
from tests.support import people
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.sessions import list_sessions, post, sid_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def update_related_objects(old, new):
    """Move whatever refers to the one to the other, a table at a time."""
    for relation in user_model()._meta.related_objects:
        if not relation.many_to_many and not issubclass(relation.related_model, user_model()):
            name = relation.field.name
            relation.related_model._default_manager.filter(**{name: old}).update(**{name: new})


def save_each_related_object(old, new):
    """Move whatever refers to the one to the other, an instance at a time."""
    for relation in user_model()._meta.related_objects:
        if relation.many_to_many or issubclass(relation.related_model, user_model()):
            continue
        if relation.one_to_one:
            objects = filter(None, [getattr(old, relation.get_accessor_name(), None)])
        else:
            objects = getattr(old, relation.get_accessor_name()).all()
        for each in objects:
            setattr(each, relation.field.name, new)
            each.save()


LOOPS = pytest.mark.parametrize("merge", [update_related_objects, save_each_related_object])


@LOOPS
def test_a_merge_by_what_refers_to_a_user_leaves_states_sessions_and_log_alone(
    client, alice, bob, merge
):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    revocation.revoke_token(
        AccessToken(people.tokens(client, alice)["access"]), reason="admin", actor=alice
    )
    tables = (TokenState, TokenSession, Revocation)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    merge(alice, bob)

    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert_alive(client, his)
    key = alice.pk
    alice.delete()
    assert_dead(client, hers, code="user_not_found")
    assert_alive(client, his)
    assert [each["sid"] for each in list_sessions(client, his["access"]).json()] == [sid_of(his)]
    assert Revocation.objects.filter(subject_id=key, reason="admin").exists()


def update_by_the_orm(old, new):
    TokenSession.objects.filter(user=old).update(user=new)


def save_each(old, new):
    for session in TokenSession.objects.filter(user=old):
        session.user = new
        session.save()


def update_by_sql(old, new):
    field = TokenSession._meta.get_field("user")
    params = [field.get_db_prep_value(each.pk, connection) for each in (new, old)]
    table = connection.ops.quote_name(TokenSession._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET user_id = %s WHERE user_id = %s", params)


WAYS = pytest.mark.parametrize("move", [update_by_the_orm, save_each, update_by_sql])


@WAYS
def test_a_session_that_was_moved_to_another_user_is_over_for_everybody(client, alice, bob, move):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    move(alice, bob)

    assert_revoked(client, hers)
    assert_alive(client, his)
    assert [each["sid"] for each in list_sessions(client, his["access"]).json()] == [sid_of(his)]
    assert [each.sid for each in live_sessions(using="default")] == [sid_of(his)]
    statuses = with_status(TokenSession.objects.all()).values_list("sid", "status")
    assert dict(statuses) == {sid_of(hers): Status.ENDED, sid_of(his): Status.LIVE}


@WAYS
def test_a_session_that_was_moved_takes_no_place_of_the_users_own(
    client, alice, bob, settings, move
):
    settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": 1, "SESSION_LIMIT_POLICY": "refuse"}
    people.tokens(client, alice)
    move(alice, bob)

    his = people.tokens(client, bob)

    assert people.login(client, bob).status_code == 403
    assert post(client, "logout-others", access=his["access"]).status_code == 204
    assert_alive(client, his)
    assert not Revocation.objects.exists()


def test_a_merge_that_is_taken_back_gives_the_session_back(client, alice, bob):
    hers = people.tokens(client, alice)
    update_by_the_orm(alice, bob)
    update_by_the_orm(bob, alice)

    assert_alive(client, hers)


def test_no_relation_to_a_user_can_name_one_who_is_gone():
    """The log's two columns are keys. What is a relation goes with its user."""
    own = apps.get_app_config("jwt_invalidation").get_models()

    relations = {
        (model, field.name): field.remote_field.on_delete.__name__
        for model in own
        for field in model._meta.concrete_fields
        if field.is_relation
    }

    assert relations == {
        (TokenState, "user"): "cascade_to_states",
        (TokenSession, "user"): "CASCADE",
    }
