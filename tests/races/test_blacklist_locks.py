"""Whoever mints while a change is under way waits for it, and the other way round."""

import threading

from django.db import connection, transaction
import pytest
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.tokens import AccessToken, RefreshToken
from jwt_invalidation.users import user_model
from tests.hostile.test_entrances import simplejwt
from tests.races.test_blacklists import delete, revoke
from tests.strategies.test_blacklist_promise import BLACKLIST, is_dead, is_listed, with_blacklist
from tests.support.gates import LIMIT, Gate, Thread, stopped_at
from tests.support.racing import locks_rows, save_new_password

pytestmark = [
    with_blacklist,
    locks_rows,
    pytest.mark.django_db(transaction=True),
    pytest.mark.with_blacklist,
]

OWN_ID = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
WAITS = {
    "postgresql": "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'",
    "mysql": "SELECT 1 FROM information_schema.innodb_trx"
    " WHERE trx_mysql_thread_id = %s AND trx_state = 'LOCK WAIT'",
}
# MariaDB makes a new list of its transactions for those only who have not asked for so long.
PAUSE = 0.2


@pytest.fixture(autouse=True)
def in_force(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}


class Rival:
    """A thread that is known to wait for a lock, or to have come to its end without."""

    def __init__(self, work, *args):
        self.connected = threading.Event()
        self.thread = Thread(self._run, work, *args)
        assert self.connected.wait(LIMIT)
        while self.thread.is_alive() and not asked(WAITS, self.id):
            self.thread.join(PAUSE)
        self.waited = self.thread.is_alive()

    def _run(self, work, *args):
        [self.id] = asked(OWN_ID)
        self.connected.set()
        return work(*args)

    def result(self):
        return self.thread.result()


def asked(statements, *params):
    """Return the row that the database answers with, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor], params or None)
        return cursor.fetchone()


def stopping_after(gate, statement, table, work):
    """Return ``work``, which stops at the gate after its first such statement on the table."""

    def stop_once(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(statement) and table in sql and not gate.reached.is_set():
            gate.stop()
        return result

    def work_and_stop(*args):
        with connection.execute_wrapper(stop_once):
            return work(*args)

    return work_and_stop


def race(statement, table, first, second):
    """Let ``second`` begin when ``first`` has sent a statement; return both, come to their ends."""
    gate = Gate()
    with stopped_at(gate, stopping_after(gate, statement, table, first)) as leading:
        rival = Rival(second)
        gate.open()
        leading.join(LIMIT)
    rival.thread.join(LIMIT)
    return leading, rival


def listing_raced_by(second, first):
    return race("INSERT", "token_blacklist_blacklistedtoken", first, second)


def mint_for_present(user):
    return AccessToken.for_user(type(user).objects.get(pk=user.pk))


changes = pytest.mark.parametrize("change", [revoke, save_new_password])


@changes
def test_a_change_waits_for_the_mint_under_way_and_lists_it(alice, change):
    mint = [lambda: AccessToken.for_user(alice), lambda: change(alice)]

    minting, changing = race("INSERT", "token_blacklist_outstandingtoken", *mint)

    changing.result()
    assert changing.waited
    assert is_dead(minting.result(), alice)


def test_a_change_waits_for_a_transaction_that_has_minted_and_commits_late(alice):
    def mint():
        with transaction.atomic():
            token = AccessToken.for_user(alice)
            gate.stop()
            return token

    gate = Gate()
    with stopped_at(gate, mint) as minting:
        changing = Rival(revoke, alice)
        assert changing.waited
        gate.open()
        token = minting.result()
        changing.result()

    assert is_dead(token, alice)


@pytest.mark.parametrize("change", [revoke, save_new_password, delete])
def test_a_mint_waits_for_the_change_under_way_and_yields_nothing(alice, change):
    RefreshToken.for_user(alice)

    changing, minting = listing_raced_by(lambda: AccessToken.for_user(alice), lambda: change(alice))

    changing.result()
    assert minting.waited
    with pytest.raises(CredentialsChanged):
        minting.result()


@pytest.mark.parametrize("name", ["pk", user_model().USERNAME_FIELD])
def test_a_mint_and_a_save_of_the_user_wait_for_each_other(alice, name):
    # A multi-table child is two rows, the parent's being written first.
    table = user_model()._meta.get_field("password").model._meta.db_table

    with simplejwt(USER_ID_FIELD=name):
        saving, minting = race(
            "UPDATE", table, lambda: save_new_password(alice), lambda: mint_for_present(alice)
        )

    saving.result()
    assert minting.result()["user_id"]


def test_a_mint_does_not_wait_for_the_change_of_another_user(alice, bob):
    RefreshToken.for_user(bob)

    changing, minting = listing_raced_by(lambda: AccessToken.for_user(alice), lambda: revoke(bob))

    changing.result()
    assert not minting.waited
    assert not is_dead(minting.result(), alice)


def test_a_deletion_waits_for_the_mint_under_way_and_lists_it(alice):
    known = RefreshToken.for_user(alice)
    mint = [lambda: AccessToken.for_user(alice), lambda: delete(alice)]

    minting, deleting = race("INSERT", "token_blacklist_outstandingtoken", *mint)

    deleting.result()
    assert deleting.waited
    assert [is_listed(token) for token in (known, minting.result())] == [True, True]
    assert set(OutstandingToken.objects.values_list("user", flat=True)) == {None}
