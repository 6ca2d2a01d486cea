"""User, then state, then session: whatever two do at once, neither waits for the other in a circle."""

from contextlib import suppress

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection, transaction
import pytest
from rest_framework.exceptions import APIException
from rest_framework.test import APIClient

from jwt_invalidation import revocation, sessions
from jwt_invalidation.maintenance.reconcile_all import sweep
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.state import deadlocks
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.gates import Gate, Thread
from tests.support.locking import Rival, stopping_after_lock
from tests.support.racing import locks_rows

pytestmark = [pytest.mark.django_db(transaction=True), locks_rows]

#: A verb is stopped after its first lock, its second, and so on; none takes more that matter.
MOST_LOCKS = 4


class Two:
    """Two users with a session each, whose passwords were changed behind Django's back."""

    def __init__(self, client, alice, bob):
        self.alice, self.bob = alice, bob
        self.hers, self.his = people.tokens(client, alice), people.tokens(client, bob)

    @property
    def both(self):
        return [self.alice.pk, self.bob.pk]

    def found(self, user):
        return type(user).objects.get(pk=user.pk)

    def sid(self, pair):
        return RefreshToken(pair["refresh"])["sid"]


def save_in_a_transaction(two):
    with transaction.atomic():
        user = two.found(two.alice)
        user.set_password("another horse")
        user.save()


def deactivate_in_a_transaction(two):
    with transaction.atomic():
        user = two.found(two.bob)
        user.is_active = False
        user.save()


def revoke_both(two):
    revocation.revoke_users(two.both, reason="admin")


def end_both_sessions(two):
    sessions.end_sessions([two.sid(two.his), two.sid(two.hers)], reason="admin")


def end_other_sessions(two):
    sessions.end_other_sessions(two.alice, keep="0" * 32, reason="logout")


def log_in(two):
    people.login(APIClient(), two.bob)


def refresh(two):
    people.refresh(APIClient(), two.hers["refresh"])


def ask(two):
    people.ask(APIClient(), two.hers["access"])


def delete_in_a_transaction(two):
    with transaction.atomic():
        two.found(two.alice).delete()


def revoke_everyone(two):
    revocation.revoke_everyone(reason="other")


def sweep_all(two):
    list(sweep(batch_size=10))


def change_the_password_at_the_endpoint(two):
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {two.his['access']}")
    body = {"old_password": people.PASSWORD, "new_password": "a much better horse"}
    client.post("/api/token/password/", body, format="json")


VERBS = [
    save_in_a_transaction,
    deactivate_in_a_transaction,
    revoke_both,
    end_both_sessions,
    end_other_sessions,
    log_in,
    refresh,
    ask,
    delete_in_a_transaction,
    revoke_everyone,
    sweep_all,
    change_the_password_at_the_endpoint,
]


def finish(result):
    """Raise what a verb has raised, a deadlock for example. That it was refused is fine."""
    with suppress(APIException, ObjectDoesNotExist):
        result()


@pytest.fixture(params=["nothing", "out of band", "no state", "another key"])
def two(request, client, alice, bob, settings):
    """Two users, and what the receivers and the gate will find to be recorded of them."""
    found = Two(client, alice, bob)
    users = type(alice).objects.filter(pk__in=found.both)
    if request.param == "out of band":
        users.update(password=make_password("behind"))
    if request.param == "no state":
        TokenState.objects.all().delete()
    if request.param == "another key":
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "the-next-key-" + "0123456789" * 4
    return found


@pytest.fixture(autouse=True)
def no_second_try(monkeypatch):
    """Show every deadlock: the verbs would try once more."""
    monkeypatch.setattr(deadlocks, "SQLSTATE", "never")
    monkeypatch.setattr(deadlocks, "ERRNO", 0)


@pytest.mark.parametrize("second", VERBS, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("first", VERBS, ids=lambda verb: verb.__name__)
def test_no_two_verbs_wait_for_each_other_in_a_circle(two, first, second):
    for number in range(1, MOST_LOCKS + 1):
        gate = Gate()
        leading = Thread(stopping_after_lock(gate, number, first), two)
        while leading.is_alive() and not gate.reached.wait(0.005):
            pass
        if not gate.reached.is_set():
            finish(leading.result)
            break
        rival = Rival(second, two)
        gate.open()
        finish(leading.result)
        finish(rival.result)


def test_a_verb_that_was_the_victim_of_a_deadlock_is_tried_once_more(client, alice, monkeypatch):
    monkeypatch.undo()
    hers = people.tokens(client, alice)
    raised = []

    def fail_once(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "tokenstate" in sql and not raised:
            raised.append(sql)
            error = OperationalError(deadlocks.ERRNO, "Deadlock found")
            raise error
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_once):
        assert revocation.revoke_user(alice, reason="admin") == 1

    assert raised
    assert people.ask(client, hers["access"]).status_code == 401
    assert Revocation.objects.count() == 1


@pytest.mark.parametrize("error", [OperationalError(1205, "Lock wait timeout"), ValueError()])
def test_other_failures_are_not_tried_again(alice, monkeypatch, error):
    monkeypatch.undo()
    tries = []

    def fail(*args, **kwargs):
        tries.append(args)
        raise error

    with pytest.raises(type(error)):
        deadlocks.retried_after_deadlock(fail)()

    assert len(tries) == 1


def test_inside_a_transaction_of_the_caller_a_verb_is_not_tried_again(alice, monkeypatch):
    monkeypatch.undo()
    tries = []

    def fail():
        tries.append(1)
        raise OperationalError(deadlocks.ERRNO, "Deadlock found")

    with pytest.raises(OperationalError), transaction.atomic():
        deadlocks.retried_after_deadlock(fail)()

    assert len(tries) == 1
