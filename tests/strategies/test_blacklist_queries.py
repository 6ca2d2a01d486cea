"""What the blacklist costs in statements, and that many users cost no more than their batches."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.db import batches
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import changes, forge, people
from tests.support.blacklists import is_listed, put_on_list, under_blacklist
from tests.support.endpoints import EVERY, at
from tests.support.queries import queries_of

pytestmark = [*under_blacklist, pytest.mark.django_db(transaction=True)]


def on_lists(statements):
    """Return the statements that name one of simplejwt's tables."""
    return [each for each in statements if "token_blacklist_" in each]


def kinds(statements):
    return [each.split()[0] for each in statements]


@pytest.mark.parametrize("is_dead", [False, True])
@at(EVERY[:2])
def test_a_request_is_one_query(endpoint, alice, is_dead):
    claims = endpoint.claims_of(alice)
    if is_dead:
        put_on_list(claims)

    statements = queries_of(lambda: endpoint.send(forge.sign(claims)))

    assert len(statements) == len(on_lists(statements)) == 1


@pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])
def test_a_verification_is_one_query(client, alice, token_class):
    raw = str(token_class.for_user(alice))

    statements = queries_of(lambda: people.verify(client, raw))

    assert len(statements) == 1


def test_a_refresh_reads_once_and_writes_once(client, alice):
    raw = str(RefreshToken.for_user(alice))

    statements = queries_of(lambda: people.refresh(client, raw))

    assert kinds(statements) == ["SELECT", "INSERT"]


def test_a_rotation_writes_one_record_more(client, alice, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    raw = str(RefreshToken.for_user(alice))

    statements = queries_of(lambda: people.refresh(client, raw))

    assert kinds(statements) == ["SELECT", "INSERT", "INSERT"]


def test_a_renewal_of_a_sliding_token_reads_once_and_writes_once(client, alice):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        raw = str(SlidingToken.for_user(alice))
        clock.shift(60)

        statements = queries_of(
            lambda: people.renew(client, raw),
        )

    assert kinds(statements) == ["SELECT", "UPDATE"]


@pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])
def test_minting_a_token_looks_once_and_records_once(alice, token_class):
    token_class.for_user(alice)

    statements = queries_of(lambda: token_class.for_user(alice))

    assert kinds(statements) == ["SELECT", "INSERT"]


def test_a_login_records_its_pair_in_two_statements(client, alice):
    statements = queries_of(lambda: people.login(client, alice))

    # The first is the gate's own.
    assert kinds(on_lists(statements)) == ["SELECT", "INSERT", "INSERT"]


def test_a_password_change_adds_one_statement(alice, settings):
    def change():
        alice.set_password(changes.NEW)
        return queries_of(alice.save)

    with_list = change()
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
    without = change()

    assert len(with_list) == len(without) + 1
    assert kinds(on_lists(with_list)) == ["INSERT"]


def users_with_tokens(number, *, tokens=1):
    users = [people.make(f"user{index}") for index in range(number)]
    return users, [AccessToken.for_user(user) for user in users for _ in range(tokens)]


def test_many_users_with_many_tokens_are_listed_in_as_many_statements_as_one(alice):
    AccessToken.for_user(alice)
    users, tokens = users_with_tokens(25, tokens=4)

    of_one = queries_of(lambda: revocation.revoke_user(alice, reason="admin"))
    of_many = queries_of(lambda: revocation.revoke_users(users, reason="admin"))

    assert len(of_many) == len(of_one)
    assert kinds(on_lists(of_many))[-1:] == ["INSERT"]
    assert BlacklistedToken.objects.count() == 1 + len(tokens) == 101


def test_the_statements_grow_by_batches_and_each_token_is_listed(db, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SIZE", 3)
    users, tokens = users_with_tokens(12)

    of_two = queries_of(lambda: revocation.revoke_users(users[:6], reason="admin"))
    of_three = queries_of(lambda: revocation.revoke_users(users[:9], reason="admin"))
    of_four = queries_of(lambda: revocation.revoke_users(users, reason="admin"))

    assert len(of_four) - len(of_three) == len(of_three) - len(of_two)
    assert len(on_lists(of_four)) == 2 * len(on_lists(of_two)) == 4
    assert [is_listed(token) for token in tokens] == [True] * 12


def test_a_batch_that_ends_with_fewer_users_leaves_nobody_out(db, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SIZE", 4)
    users, tokens = users_with_tokens(10)

    revocation.revoke_users(users[:9], reason="admin")

    assert [is_listed(token) for token in tokens] == [True] * 9 + [False]


def test_everyone_is_listed_in_batches_after_the_epoch(alice, monkeypatch):
    users_with_tokens(10)
    monkeypatch.setattr(batches, "BATCH_SIZE", 4)

    statements = queries_of(lambda: revocation.revoke_everyone(reason="other"))

    lists = on_lists(statements)
    assert [each for each in kinds(lists) if each == "INSERT"] == ["INSERT"] * 3
    epoch = next(n for n, each in enumerate(statements) if "tokenepoch" in each)
    assert epoch < statements.index(lists[0])
    assert BlacklistedToken.objects.count() == 10


def test_what_is_listed_already_is_not_listed_twice(alice, bob):
    first, second = AccessToken.for_user(alice), AccessToken.for_user(alice)
    entry = put_on_list(first)

    revocation.revoke_user(alice, reason="admin")
    revocation.revoke_everyone(reason="other")

    assert BlacklistedToken.objects.count() == 2
    assert BlacklistedToken.objects.get(pk=entry.pk).blacklisted_at == entry.blacklisted_at
    assert is_listed(second)


def test_the_texts_of_tokens_are_in_no_statement(client, alice):
    with CaptureQueriesContext(connection) as queries:
        pair = people.tokens(client, alice)
        renewed = people.refresh(client, pair["refresh"]).json()["access"]
        people.ask(client, renewed)
        RefreshToken(pair["refresh"]).blacklist()

    sent = " ".join(each["sql"] for each in queries)
    assert forge.read(renewed)["jti"] in sent
    for token in (*pair.values(), renewed):
        assert not [part for part in token.split(".")[1:] if part in sent]
