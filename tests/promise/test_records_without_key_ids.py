"""Records from before the id of the ``SECRET_KEY`` was kept with each fingerprint."""

from django.core.management import call_command
import pytest

from jwt_invalidation.models import Revocation, TokenState
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.secret_keys import NEW, OLD, record_of

pytestmark = pytest.mark.django_db(transaction=True)


def without_key_id():
    """Make the records as they were before key ids were recorded."""
    for state in TokenState.objects.all():
        state.password_fingerprint = state.password_fingerprint.partition(":")[2]
        state.save()


@pytest.mark.parametrize("fallbacks", [(), (OLD,)], ids=["same key", "its fallback"])
@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(lambda client, user: people.tokens(client, user), id="minting"),
        pytest.param(lambda client, user: user.save(), id="saving"),
        pytest.param(
            lambda client, user: call_command("reconcile_tokens", verbosity=0), id="sweep"
        ),
    ],
)
def test_a_record_without_a_key_id_agrees_and_gets_one(client, process, touch, fallbacks):
    process(OLD)
    alice = people.make("alice")
    hers = people.tokens(client, alice)
    without_key_id()
    process(NEW if fallbacks else OLD, *fallbacks)
    assert_alive(client, hers)

    touch(client, alice)

    assert len(record_of(alice)[1].partition(":")[0]) == 8
    assert_alive(client, hers)
    assert not Revocation.objects.exists()


def test_a_record_without_a_key_id_that_no_key_matches_counts_as_a_change(client, process):
    process(OLD)
    alice = people.make("alice")
    hers = people.tokens(client, alice)
    without_key_id()

    process(NEW)
    assert_revoked(client, hers)

    assert Revocation.objects.get().reason == "out_of_band"
    assert_alive(client, people.tokens(client, alice))
