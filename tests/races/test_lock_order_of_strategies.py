"""Sessions and simplejwt's lists at once: whoever writes both waits for nobody in a circle."""

from django.db import transaction
import pytest
from rest_framework.test import APIClient

from jwt_invalidation import revocation
from jwt_invalidation.state import deadlocks
from tests.support import people
from tests.support.gates import Gate, Thread
from tests.support.locking import Rival, stopping_after_lock
from tests.support.racing import locks_rows
from tests.support.strategies import BLACKLIST, SESSION, needs_blacklist

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.with_blacklist,
    needs_blacklist,
    locks_rows,
]

#: A request is stopped after its first lock, its second, and so on; none takes more.
MOST_LOCKS = 8


def refresh(user, pair):
    return people.refresh(APIClient(), pair["refresh"])


def log_out(user, pair):
    return APIClient().post("/api/token/blacklist/", {"refresh": pair["refresh"]})


def log_in(user, pair):
    return people.login(APIClient(), user)


def save_in_a_transaction(user, pair):
    with transaction.atomic():
        user.set_password("another horse")
        user.save()


def revoke(user, pair):
    revocation.revoke_user(user, reason="admin")


@pytest.fixture(autouse=True)
def no_second_try(monkeypatch):
    """Show every deadlock: whoever owns a transaction would try once more."""
    monkeypatch.setattr(deadlocks, "SQLSTATE", "never")
    monkeypatch.setattr(deadlocks, "ERRNO", 0)


@pytest.mark.parametrize("strategies", [[SESSION, BLACKLIST], [BLACKLIST, SESSION]])
@pytest.mark.parametrize("change", [save_in_a_transaction, revoke])
@pytest.mark.parametrize("ask", [refresh, log_out, log_in])
def test_a_request_and_a_change_wait_for_each_other(
    client, settings, rotating, ask, change, strategies
):
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies, "MAX_SESSIONS_PER_USER": 1}
    for number in range(1, MOST_LOCKS + 1):
        user = people.make(f"user{number}")
        pair, gate = people.tokens(client, user), Gate()
        asking = Thread(stopping_after_lock(gate, number, ask), user, pair)
        while asking.is_alive() and not gate.reached.wait(0.005):
            pass
        changing = Rival(change, user, pair)
        gate.open()
        changing.result()
        assert asking.result().status_code in (200, 401)
