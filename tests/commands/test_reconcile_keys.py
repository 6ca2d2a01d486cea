"""``manage.py reconcile_tokens`` in a process with another ``SECRET_KEY`` than the records'."""

from django.core.management import CommandError
import pytest

from jwt_invalidation.models import SecretKeyUse
from tests.support import people
from tests.support.commands import manage, run
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.secret_keys import NEW, OLD, STRAY, assert_untouched, record_of, unused_for
from tests.support.sweeping import make_stateless, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("dry_run", [False, True], ids=["", "dry run"])
def test_it_refuses_to_start_while_a_newer_key_is_in_use(process, bob_of_new, dry_run):
    make_stateless("carol")
    record = record_of(bob_of_new)

    process(OLD)
    with pytest.raises(CommandError, match=r"newer SECRET_KEY.*add --adopt-key") as raised:
        run("reconcile_tokens", dry_run=dry_run)

    assert raised.value.returncode == 1
    assert_untouched(bob_of_new, record)
    process(NEW, OLD)
    assert "recorded: 1" in run("reconcile_tokens")


def test_it_starts_where_the_newer_key_is_a_fallback(process, bob_of_new):
    process(OLD, NEW)

    assert "bumped: 0, refreshed: 1." in run("reconcile_tokens")


def test_it_starts_when_the_newer_key_is_not_in_use_any_more(client, process, bob_of_new):
    his = people.tokens(client, bob_of_new)
    record = record_of(bob_of_new)
    unused_for(minutes=61)
    process(OLD)

    counts, advice = run("reconcile_tokens").splitlines()

    assert counts == "Users checked: 2, recorded: 0, bumped: 0, refreshed: 0."
    assert advice.startswith("Users left alone: 1. Their records were made with a SECRET_KEY that")
    assert "--adopt-key" in advice
    assert_untouched(bob_of_new, record)
    process(NEW)
    assert_alive(client, his)


def test_with_a_key_never_seen_it_leaves_all_alone_except_who_was_deactivated(
    client, process, bob_of_new
):
    his = people.tokens(client, bob_of_new)
    carol = people.make("carol")
    stored(carol).update(is_active=False)
    fingerprints = record_of(carol)[1:]
    process(STRAY)

    assert "bumped: 1, refreshed: 0.\nUsers left alone: 2." in run("reconcile_tokens")

    assert record_of(carol)[1:] == fingerprints
    process(NEW)
    assert_alive(client, his)


def test_adopt_key_declares_the_key_current_and_bumps_nobody(client, process, bob_of_new):
    his = people.tokens(client, bob_of_new)
    record = record_of(bob_of_new)
    process(OLD)

    assert "bumped: 0, refreshed: 0.\nUsers left alone: 1." in run(
        "reconcile_tokens", "--adopt-key"
    )

    assert_untouched(bob_of_new, record)
    assert_revoked(client, his)
    assert_alive(client, people.tokens(client, bob_of_new))
    process(NEW)
    with pytest.raises(CommandError, match="newer SECRET_KEY"):
        run("reconcile_tokens")


def test_adopt_key_declares_a_key_current_that_was_never_seen(process, bob_of_new):
    process(STRAY)

    run("reconcile_tokens", "--adopt-key")

    process(NEW)
    with pytest.raises(CommandError, match="newer SECRET_KEY"):
        run("reconcile_tokens")


def test_a_dry_run_with_adopt_key_counts_and_declares_nothing(process, bob_of_new):
    before = list(SecretKeyUse.objects.order_by("key_id").values())
    process(OLD)

    assert "Users left alone: 1." in run("reconcile_tokens", "--adopt-key", "--dry-run")

    assert list(SecretKeyUse.objects.order_by("key_id").values()) == before
    with pytest.raises(CommandError, match="newer SECRET_KEY"):
        run("reconcile_tokens")


def test_a_process_of_its_own_exits_with_one_and_a_sentence(settings, process):
    key = settings.SECRET_KEY
    people.make("alice")
    process(NEW)
    people.make("bob")
    process(key)

    done = manage("reconcile_tokens")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CommandError: Other processes use a newer SECRET_KEY")
