"""The promise, over the whole stack: a dead token at every endpoint, and a live one."""

import pytest

from jwt_invalidation import revocation
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model, pytest.mark.with_blacklist]


def test_a_token_lives_at_every_endpoint_until_its_users_password_changes(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    assert_alive(client, hers)

    alice.set_password("another horse")
    alice.save()

    assert_revoked(client, hers)
    assert_alive(client, his)
    assert_alive(client, people.tokens(client, alice, "another horse"))


def test_revoking_a_user_kills_her_tokens_and_nobody_elses(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    assert revocation.revoke_user(alice, reason="admin") == 1

    assert_revoked(client, hers)
    assert_alive(client, his)
    assert_alive(client, people.tokens(client, alice))


def test_revoking_everyone_kills_all_tokens_and_a_new_login_lives(client, alice, bob):
    pairs = [people.tokens(client, alice), people.tokens(client, bob)]

    revocation.revoke_everyone(reason="other")

    for pair in pairs:
        assert_revoked(client, pair)
    assert_alive(client, people.tokens(client, alice))
