"""The first stamped tokens race: whoever comes second waits for nobody."""

from django.db import transaction
import pytest

from jwt_invalidation.models import Installation
from jwt_invalidation.state import installation
from jwt_invalidation.tokens import AccessToken
from tests.support import people
from tests.support.gates import Gate, Thread, stopped_at, stopping_after
from tests.support.legacy import begin_installation
from tests.support.racing import locks_rows

pytestmark = pytest.mark.django_db(transaction=True)


@locks_rows
def test_a_login_does_not_wait_for_a_transaction_that_stamped_the_first_token(client, alice, bob):
    begin_installation()
    gate = Gate()

    def mint():
        with transaction.atomic():
            AccessToken.for_user(bob)
            gate.stop()

    with stopped_at(gate, mint) as thread:
        assert Thread(lambda: people.login(client, alice)).result().status_code == 200
        assert Installation.objects.get().latest_iat is None
    thread.result()

    assert Installation.objects.get().latest_iat is not None


def test_of_two_first_tokens_one_writes_the_moment_and_the_other_leaves_it(bob, monkeypatch):
    begin_installation()
    gate = stopping_after(monkeypatch, installation, "_read")

    with stopped_at(gate, AccessToken.for_user, bob) as thread:
        Installation.objects.update(latest_iat=1_000_000_000)
    thread.result()

    assert Installation.objects.get().latest_iat == 1_000_000_000
