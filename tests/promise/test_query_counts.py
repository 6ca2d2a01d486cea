"""What the app costs in queries: the claims of the README, counted."""

import hmac

from django.contrib.auth.models import update_last_login
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation import revocation
from tests.support import people
from tests.support.queries import queries_of

pytestmark = pytest.mark.django_db(transaction=True)


def ours(statements):
    return [statement for statement in statements if "jwt_invalidation_" in statement]


@pytest.mark.parametrize("is_revoked", [False, True])
def test_an_authenticated_request_is_one_query(client, alice, is_revoked):
    hers = people.tokens(client, alice)
    if is_revoked:
        revocation.revoke_user(alice, reason="admin")

    statements = queries_of(lambda: people.ask(client, hers["access"]))

    assert len(statements) == 1


def test_refresh_is_two_queries_and_verify_one(client, alice):
    hers = people.tokens(client, alice)

    assert len(queries_of(lambda: people.refresh(client, hers["refresh"]))) == 2
    assert len(queries_of(lambda: people.verify(client, hers["access"]))) == 1


def test_refresh_with_rotation_is_two_queries_and_adds_no_row(client, alice, rotating):
    hers = people.tokens(client, alice)

    statements = queries_of(lambda: people.refresh(client, hers["refresh"]))

    assert [each.split()[0] for each in statements] == ["SELECT", "UPDATE"]


def test_refresh_with_a_rotated_token_in_its_grace_adds_no_row(client, alice, rotating):
    hers = people.tokens(client, alice)
    successor = people.refresh(client, hers["refresh"]).json()

    statements = queries_of(lambda: people.refresh(client, hers["refresh"]))

    # The gate, and the rotation that was made before.
    assert [each.split()[0] for each in statements] == ["SELECT", "UPDATE", "SELECT"]
    assert len(queries_of(lambda: people.ask(client, successor["access"]))) == 1


def test_a_login_adds_two_queries(client, alice):
    people.login(client, alice)

    assert len(ours(queries_of(lambda: people.login(client, alice)))) == 2


def test_a_save_of_the_user_adds_two_queries(alice):
    assert len(ours(queries_of(alice.save))) == 2


def test_the_last_login_adds_none(alice):
    assert ours(queries_of(lambda: update_last_login(None, alice))) == []


def test_a_password_change_adds_five(alice):
    alice.set_password("another horse")

    assert len(ours(queries_of(alice.save))) == 5


def test_a_password_change_computes_four_hmacs_at_most(alice, monkeypatch):
    computed = []
    original = hmac.digest

    def digest(*args):
        computed.append(args)
        return original(*args)

    alice.set_password("another horse")
    monkeypatch.setattr(hmac, "digest", digest)

    alice.save()

    assert 1 <= len(computed) <= 4


def test_a_new_user_adds_three_beyond_its_key(alice):
    statements = ours(queries_of(lambda: people.make("carol")))

    inserts = [statement for statement in statements if "INSERT" in statement]
    assert len(inserts) == 1
    assert len(statements) <= 4


def test_revoking_everyone_does_not_depend_on_the_users(alice):
    def revoke():
        return len(queries_of(lambda: revocation.revoke_everyone(reason="other")))

    before = revoke()
    for number in range(20):
        people.make(f"user{number}")

    assert revoke() == before


def test_inside_a_transaction_the_receivers_query_in_a_savepoint(alice):
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        alice.save()

    savepoints = [each for each in queries if each["sql"].startswith("SAVEPOINT")]
    assert len(savepoints) >= 2
