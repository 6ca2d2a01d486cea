"""The count of tokens without our claims that were let in: cheap, and never decisive."""

from django.db import connection, transaction
import pytest

from jwt_invalidation.gate import admit
from jwt_invalidation.models import Installation
from jwt_invalidation.state import uses
from jwt_invalidation.tokens import AccessToken
from tests.support import legacy, people
from tests.support.outages import table_missing
from tests.support.queries import queries_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


@pytest.fixture(autouse=True)
def counting_anew():
    uses.forget_uses()


@pytest.fixture
def hers(alice):
    return legacy.pair_of(alice)


def counted():
    return Installation.objects.get().unversioned_uses


def test_each_use_that_the_gate_let_in_is_counted_once(client, alice, hers, monkeypatch):
    monkeypatch.setattr(uses, "WRITTEN_EVERY", 0)
    others = people.tokens(client, alice)

    for pair in (hers, others):
        assert people.ask(client, pair["access"]).status_code == 200
        assert people.verify(client, pair["access"]).status_code == 200
        assert people.refresh(client, pair["refresh"]).status_code == 200

    assert counted() == 3


def test_a_refused_use_is_not_counted(client, alice, hers, settings):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}

    assert people.ask(client, hers["access"]).status_code == 401

    assert counted() == 0
    assert Installation.objects.get().unversioned_used_at is None


def test_a_process_writes_once_a_minute_and_forgets_no_use(client, hers, monkeypatch):
    people.ask(client, hers["access"])
    statements = queries_of(lambda: [people.ask(client, hers["access"]) for _ in range(2)])
    assert (counted(), len(statements)) == (1, 2)

    monkeypatch.setattr(uses, "WRITTEN_EVERY", 0)
    people.ask(client, hers["access"])

    assert counted() == 4


def test_a_use_in_a_transaction_is_counted_after_its_commit(hers):
    with transaction.atomic():
        statements = queries_of(lambda: admit(AccessToken(hers["access"])))
        assert not [each for each in statements if "unversioned_uses" in each]

    assert counted() == 1


def test_a_use_where_django_manages_no_transactions_is_not_counted(hers):
    connection.set_autocommit(False)
    try:
        assert admit(AccessToken(hers["access"]))
        connection.commit()
    finally:
        connection.set_autocommit(True)

    assert counted() == 0


def test_a_use_that_cannot_be_counted_is_let_in_all_the_same(client, hers, settings, caplog):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "accept"}

    with table_missing(Installation):
        assert people.ask(client, hers["access"]).status_code == 200

    assert "could not be counted" in caplog.text
