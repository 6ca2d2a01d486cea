"""Whoever lists, deletes, logs out or flushes at the same time comes to an end: nobody deadlocks."""

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.utils import aware_utcnow

from jwt_invalidation import reconciliation, revocation
from jwt_invalidation.db import batches
from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support.blacklists import flush, is_dead, is_listed, under_blacklist
from tests.support.fates import (
    change_password,
    change_password_behind_djangos_back,
    delete,
    revoke,
    revoke_everyone,
)
from tests.support.locking import listing_raced_by
from tests.support.racing import locks_rows

pytestmark = [*under_blacklist, locks_rows]


@pytest.mark.parametrize(("first", "second"), [(delete, revoke), (revoke, delete)])
def test_a_deletion_and_a_revocation_of_one_user_wait_for_each_other(alice, first, second):
    tokens = [RefreshToken.for_user(alice) for _ in range(2)]

    racing = listing_raced_by(lambda: second(alice), lambda: first(alice))

    for each in racing:
        each.result()
    assert [is_listed(token) for token in tokens] == [True, True]
    assert not type(alice).objects.filter(pk=alice.pk).exists()


def see(user):
    """Do what the gate does at its first sight of a change behind Django's back."""
    with suppress(ObjectDoesNotExist):
        reconciliation.reconcile(user.pk)


@pytest.mark.parametrize(("first", "second"), [(delete, see), (see, delete)])
def test_a_deletion_and_the_first_sight_of_a_change_wait_for_each_other(alice, first, second):
    tokens = [RefreshToken.for_user(alice) for _ in range(2)]
    change_password_behind_djangos_back(alice)

    racing = listing_raced_by(lambda: second(alice), lambda: first(alice))

    for each in racing:
        each.result()
    assert [is_listed(token) for token in tokens] == [True, True]
    assert not type(alice).objects.filter(pk=alice.pk).exists()


@pytest.mark.parametrize("change", [revoke, delete, change_password])
def test_a_change_and_a_logout_wait_for_each_other(alice, change):
    token, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)

    changing, leaving = listing_raced_by(token.blacklist, lambda: change(alice))

    changing.result()
    assert leaving.result()[0].token.jti == token["jti"]
    assert [is_listed(each) for each in (token, other)] == [True, True]
    assert BlacklistedToken.objects.count() == 2


@pytest.mark.parametrize("change", [revoke, delete, change_password])
def test_a_logout_and_a_change_wait_for_each_other(alice, change):
    token, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)

    def leave():
        with transaction.atomic():
            return token.blacklist()

    leaving, changing = listing_raced_by(lambda: change(alice), leave)

    leaving.result()
    changing.result()
    assert [is_listed(each) for each in (token, other)] == [True, True]
    assert BlacklistedToken.objects.count() == 2


@pytest.mark.parametrize("change", [revoke, change_password, delete, revoke_everyone])
def test_a_change_succeeds_while_expired_tokens_are_flushed(alice, change):
    expired, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)
    yesterday = aware_utcnow() - timedelta(days=1)
    OutstandingToken.objects.filter(jti=expired["jti"]).update(expires_at=yesterday)

    changing, flushing = listing_raced_by(flush, lambda: change(alice))

    # What becomes of the flush, simplejwt's own, is no matter: there will be another.
    assert not flushing.thread.is_alive()
    changing.result()
    assert is_listed(other)


def test_revoking_many_in_batches_and_everyone_wait_for_each_other(alice, bob, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SIZE", 1)
    # The tokens in the opposite order of the users.
    first, second = sorted([alice, bob], key=lambda user: user.pk)
    tokens = [RefreshToken.for_user(user) for user in (second, first)]

    racing = listing_raced_by(
        lambda: revocation.revoke_everyone(reason="other"),
        lambda: revocation.revoke_users([alice, bob], reason="admin"),
    )

    for each in racing:
        each.result()
    assert [is_listed(token) for token in tokens] == [True, True]


def test_who_signs_out_everywhere_else_in_a_transaction_does_not_deadlock_with_a_mint(alice):
    before = RefreshToken.for_user(alice)

    def sign_out_everywhere_else():
        with transaction.atomic():
            revocation.revoke_user(alice, reason="logout")
            return RefreshToken.for_user(alice)

    leaving, minting = listing_raced_by(
        lambda: AccessToken.for_user(alice), sign_out_everywhere_else
    )

    assert [is_dead(token, alice) for token in (before, leaving.result())] == [True, False]
    with pytest.raises(CredentialsChanged):
        minting.result()
