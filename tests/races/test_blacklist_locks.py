"""Whoever mints while a change is under way waits for it, and the other way round."""

from django.db import transaction
import pytest
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.tokens import AccessToken, RefreshToken
from jwt_invalidation.users import user_model
from tests.support.blacklists import is_dead, is_listed, under_blacklist
from tests.support.fates import change_password, delete, revoke
from tests.support.gates import Gate, stopped_at
from tests.support.locking import Rival, listing_raced_by, race
from tests.support.racing import locks_rows
from tests.support.simplejwt import simplejwt

pytestmark = [*under_blacklist, locks_rows]


def mint_for_present(user):
    return AccessToken.for_user(type(user).objects.get(pk=user.pk))


changes = pytest.mark.parametrize("change", [revoke, change_password])


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


@pytest.mark.parametrize("change", [revoke, change_password, delete])
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
            "UPDATE", table, lambda: change_password(alice), lambda: mint_for_present(alice)
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
