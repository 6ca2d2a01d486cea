"""The log names users who may be gone: it is dumped, loaded and migrated all the same."""

from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.db.user_key import UserKeyField
from jwt_invalidation.models import Revocation, TokenSession, TokenState
from jwt_invalidation.users import user_model
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

# JSON keeps no microseconds.
LOGGED = ["pk", "scope", "subject_id", "actor_id", "version", "reason", "cause"]
MIGRATION = ("jwt_invalidation", "0005_log_without_foreign_keys")


def sids():
    return list(TokenSession.objects.order_by("sid").values_list("sid", "user", "holder_id"))


@pytest.mark.parametrize("options", [{}, {"use_natural_foreign_keys": True}], ids=["keys", "names"])
def test_a_dump_holds_the_log_of_deleted_users_and_can_be_loaded(
    client, alice, bob, tmp_path, options
):
    people.tokens(client, alice)
    his = people.tokens(client, bob)
    revocation.revoke_user(alice, reason="admin", actor=alice)
    alice.delete()
    log, sessions = list(Revocation.objects.values_list(*LOGGED)), sids()
    dump = tmp_path / "dump.json"

    call_command("dumpdata", "jwt_invalidation", output=str(dump), **options)
    for model in (Revocation, TokenSession, TokenState):
        model.objects.all().delete()
    call_command("loaddata", str(dump), verbosity=0)

    assert list(Revocation.objects.values_list(*LOGGED)) == log
    assert sids() == sessions
    assert_alive(client, his)


def test_the_columns_of_the_log_have_the_type_and_the_values_of_the_users_key(alice, bob):
    revocation.revoke_user(alice, reason="admin", actor=bob)

    entry = Revocation.objects.get(subject_id=alice.pk, actor_id=bob.pk)

    assert (entry.subject_id, entry.actor_id) == (alice.pk, bob.pk)
    assert Revocation.objects.filter(subject_id__in=user_model().objects.values("pk")).exists()
    assert not Revocation.objects.filter(subject_id=bob.pk).exists()
    for name in ("subject_id", "actor_id"):
        field = Revocation._meta.get_field(name)
        assert isinstance(field, UserKeyField)
        assert not field.is_relation
        assert not isinstance(field.key, models.AutoField)


def test_a_key_of_64_bits_fits_into_the_log_of_a_site_that_began_with_32():
    field = Revocation._meta.get_field("subject_id")
    if not isinstance(field.key, models.IntegerField):
        pytest.skip("the keys are no integers")

    Revocation.objects.create(scope="user", reason="admin", version=1, subject_id=2**53)

    assert Revocation.objects.get(subject_id=2**53).subject_id == 2**53


def test_an_actor_who_is_no_user_is_refused_and_nothing_is_revoked(client, alice):
    hers = people.tokens(client, alice)

    with pytest.raises(TypeError, match="Expected an instance of"):
        revocation.revoke_user(alice, reason="admin", actor=TokenState.objects.get(user=alice.pk))

    assert_alive(client, hers)
    assert not Revocation.objects.exists()


@pytest.fixture
def migrated_back():
    """Undo the migration; return the models of before, and a function that does it again."""
    executor = MigrationExecutor(connection)
    [parent] = [
        each.key
        for each in executor.loader.graph.node_map[MIGRATION].parents
        if each.key[0] == MIGRATION[0]
    ]
    latest = executor.loader.graph.leaf_nodes(MIGRATION[0])

    def migrate():
        executor = MigrationExecutor(connection)
        executor.migrate(latest)

    state = executor.migrate([parent])
    try:
        yield state.apps, migrate
    finally:
        migrate()


def test_entries_and_sessions_from_before_the_migration_keep_their_values_and_their_effect(
    client, alice, bob, migrated_back
):
    """A site that has a log, and whose users stay logged in while it is updated."""
    before, migrate = migrated_back
    entry = before.get_model("jwt_invalidation", "Revocation").objects.create(
        scope="user", subject_id=alice.pk, actor_id=bob.pk, version=7, reason="admin", note="of old"
    )
    gone = before.get_model("jwt_invalidation", "Revocation").objects.create(
        scope="everyone", version=8, reason="other"
    )

    migrate()

    found = Revocation.objects.get(pk=entry.pk)
    assert (found.subject_id, found.actor_id, found.version) == (alice.pk, bob.pk, 7)
    assert (found.note, found.cause) == ("of old", "")
    assert Revocation.objects.get(pk=gone.pk).subject_id is None
    hers = people.tokens(client, alice)
    # A session that the release before has written.
    TokenSession.objects.update(holder_id=None)
    assert_alive(client, hers)
    assert [each["sid"] for each in _listed(client, hers)]
    revocation.revoke_user(alice, reason="admin")
    assert_revoked(client, hers)


def _listed(client, pair):
    return client.get("/api/token/sessions/", headers=people.authorized(pair["access"])).json()
