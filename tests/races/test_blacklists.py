"""A token that is minted while its user is revoked gets onto the list, or is not minted."""

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
import time_machine

from jwt_invalidation import gate as the_gate
from jwt_invalidation import revocation, token_blacklist
from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.strategies import blacklist
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.blacklists import flush, is_dead, is_listed, under_blacklist
from tests.support.fates import (
    NEW,
    change_password,
    change_password_behind_djangos_back,
    deactivate,
    delete,
    revoke,
)
from tests.support.gates import Thread, meeting_before, stopped_at, stopping_after
from tests.support.pairs import assert_alive
from tests.support.user_models import needs_is_active

pytestmark = under_blacklist

every_class = pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])


@every_class
@pytest.mark.parametrize(
    "change", [change_password, revoke, delete, pytest.param(deactivate, marks=needs_is_active)]
)
def test_a_mint_overtaken_by_a_change_yields_no_token(alice, monkeypatch, token_class, change):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, token_class.for_user, alice) as minting:
        change(alice)
        entitled.open()
        with pytest.raises(CredentialsChanged):
            minting.result()

    assert not OutstandingToken.objects.exists()


@every_class
def test_a_mint_overtaken_by_nothing_yields_a_token(alice, bob, monkeypatch, token_class):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, token_class.for_user, alice) as minting:
        for change in (revoke, change_password, delete):
            change(bob)
        entitled.open()
        token = minting.result()

    assert not is_dead(token, alice)


def test_a_mint_overtaken_by_a_change_behind_djangos_back_is_listed_when_that_is_seen(
    client, alice, monkeypatch
):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, AccessToken.for_user, alice) as minting:
        change_password_behind_djangos_back(alice)
        entitled.open()
        token = minting.result()

    assert people.ask(client, str(token)).json()["code"] == "token_revoked"
    assert is_dead(token, alice)


def test_a_mint_overtaken_by_a_revocation_of_everyone_is_dead_by_its_epoch(
    client, alice, monkeypatch
):
    entitled = stopping_after(monkeypatch, the_gate, "load_user_for_minting")

    with stopped_at(entitled, AccessToken.for_user, alice) as minting:
        revocation.revoke_everyone(reason="other")
        entitled.open()
        token = minting.result()

    assert people.ask(client, str(token)).json()["code"] == "token_revoked"
    assert_alive(client, people.tokens(client, alice))


def log_out(user, pair):
    RefreshToken(pair["refresh"]).blacklist()


def revoke_her(user, pair):
    revoke(user)


def change_her_password(user, pair):
    change_password(user)


@pytest.mark.parametrize("change", [log_out, revoke_her, change_her_password])
@pytest.mark.parametrize("rotates", [False, True])
def test_a_refresh_overtaken_by_a_change_yields_nothing(
    client, alice, monkeypatch, simplejwt_settings, change, rotates
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = rotates
    pair = people.tokens(client, alice)
    known = OutstandingToken.objects.count()
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, client, pair["refresh"]) as refreshing:
        change(alice, pair)
        admitted.open()
        answer = refreshing.result()

    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    assert OutstandingToken.objects.count() == known


def test_a_refresh_overtaken_by_the_logout_of_another_login_yields_a_token(
    client, alice, monkeypatch
):
    pair, other = people.tokens(client, alice), people.tokens(client, alice)
    admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

    with stopped_at(admitted, people.refresh, client, pair["refresh"]) as refreshing:
        log_out(alice, other)
        admitted.open()
        child = refreshing.result().json()["access"]

    assert not is_dead(AccessToken(child), alice)


def test_a_renewal_overtaken_by_a_revocation_and_a_flush_yields_nothing(client, alice, monkeypatch):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        raw = str(SlidingToken.for_user(alice))
        clock.shift(SlidingToken.lifetime.total_seconds() - 1)
        admitted = stopping_after(monkeypatch, the_gate, "admit_to_refresh")

        with stopped_at(admitted, people.renew, client, raw) as renewing:
            revoke(alice)
            clock.shift(1)
            flush()
            admitted.open()
            answer = renewing.result()

        assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
        assert not OutstandingToken.objects.exists()


def test_two_refreshes_of_one_token_at_once_both_yield_one(client, alice, monkeypatch):
    pair = people.tokens(client, alice)
    monkeypatch.setattr(blacklist, "record", meeting_before(token_blacklist.record, 2))

    refreshing = [Thread(people.refresh, APIClient(), pair["refresh"]) for _ in range(2)]

    children = [AccessToken(thread.result().json()["access"]) for thread in refreshing]
    assert [is_dead(child, alice) for child in children] == [False] * 2


def test_two_rotations_of_one_token_at_once_leave_no_token_off_the_record(
    client, alice, monkeypatch, simplejwt_settings
):
    """The blacklist has no grace: whoever sees the predecessor on the list is refused."""
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    pair = people.tokens(client, alice)
    # Both are admitted when the first of them rotates.
    monkeypatch.setattr(RefreshToken, "rotate", meeting_before(RefreshToken.rotate, 2))

    refreshing = [Thread(people.refresh, APIClient(), pair["refresh"]) for _ in range(2)]

    answers = [thread.result() for thread in refreshing]
    assert {answer.status_code for answer in answers} <= {200, 401}
    successors = [answer.json() for answer in answers if answer.status_code == 200]
    rotated = [RefreshToken(each["refresh"]) for each in successors]
    assert BlacklistedToken.objects.count() == 1
    assert is_listed(RefreshToken(pair["refresh"]))
    # Two for the login, two for each answer, and nothing for one that was refused.
    assert OutstandingToken.objects.count() == 2 + 2 * len(rotated)
    assert {is_dead(token, alice) for token in rotated} == {False}
    revoke(alice)
    assert {is_dead(token, alice) for token in rotated} == {True}


def test_two_revocations_of_overlapping_users_at_once_list_each_token_once(alice, bob):
    carol = people.make("carol")
    minted = {user.pk: AccessToken.for_user(user) for user in (alice, bob, carol)}
    # In opposite orders, which deadlocks whoever lists the tokens as they come.
    users = [[alice.pk, bob.pk], [carol.pk, bob.pk, alice.pk]]

    revoking = [
        Thread(lambda ids: revocation.revoke_users(ids, reason="admin"), ids) for ids in users
    ]

    assert [thread.result() for thread in revoking] == [2, 3]
    assert [is_listed(token) for token in minted.values()] == [True] * 3
    assert BlacklistedToken.objects.count() == 3


def test_many_logins_of_one_user_at_once_all_succeed(alice):
    logins = [Thread(people.login, APIClient(), alice) for _ in range(6)]
    pairs = [thread.result().json() for thread in logins]

    assert OutstandingToken.objects.count() == 12
    assert [is_dead(AccessToken(pair["access"]), alice) for pair in pairs] == [False] * 6
    change_password(alice)
    assert [is_dead(RefreshToken(pair["refresh"]), alice) for pair in pairs] == [True] * 6
    assert people.login(APIClient(), alice, NEW).status_code == 200
