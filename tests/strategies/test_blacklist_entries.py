"""An entry outlives its token, whatever becomes of the expiry: no flush revives one."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework_simplejwt.exceptions import ExpiredTokenError
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.blacklists import (
    flush,
    is_dead,
    is_listed,
    on_record,
    put_on_list,
    under_blacklist,
)
from tests.support.clock import NOON

pytestmark = [
    *under_blacklist,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)

every_class = pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])


@pytest.fixture
def leeway(monkeypatch):
    """Let simplejwt accept tokens for a minute after their expiry."""
    monkeypatch.setattr(token_backend, "leeway", 60)
    return timedelta(seconds=60)


def expiry_of(token):
    return datetime.fromtimestamp(token["exp"], UTC)


def with_set_exp(token):
    token.set_exp(lifetime=MONTH)


def with_set_exp_from_a_time(token):
    token.set_exp(from_time=NOON + MONTH - token.lifetime)


def with_an_assignment(token):
    token["exp"] = int((NOON + MONTH).timestamp())


def in_two_steps(token):
    token.set_exp(lifetime=MONTH / 2)
    token["exp"] = (NOON + MONTH).timestamp()


extensions = pytest.mark.parametrize(
    "extend", [with_set_exp, with_set_exp_from_a_time, with_an_assignment, in_two_steps]
)


@every_class
@extensions
def test_a_token_extended_after_its_birth_keeps_its_entry_until_then(
    alice, clock, token_class, extend
):
    token, other = token_class.for_user(alice), token_class.for_user(alice)
    extend(token)
    revocation.revoke_user(alice, reason="admin")

    clock.move_to(NOON + MONTH - SECOND)
    flush()

    assert expiry_of(token) == on_record(token).expires_at == NOON + MONTH
    assert token_class(str(token)).payload == token.payload
    assert is_dead(token, alice)
    assert not is_listed(other)


@every_class
@extensions
def test_a_token_listed_before_it_is_extended_keeps_its_entry(alice, clock, token_class, extend):
    token = token_class.for_user(alice)
    put_on_list(token)
    extend(token)

    clock.move_to(NOON + MONTH - SECOND)
    flush()

    assert is_dead(token, alice)


@every_class
@pytest.mark.parametrize("extended", [False, True])
def test_an_entry_lasts_as_long_as_the_leeway_and_no_longer(
    alice, clock, leeway, token_class, extended
):
    token, unlisted = token_class.for_user(alice), token_class.for_user(alice)
    if extended:
        for each in (token, unlisted):
            each.set_exp(lifetime=MONTH)
    put_on_list(token)
    expiry = expiry_of(token)

    for moment in (expiry, expiry + leeway - SECOND):
        clock.move_to(moment)
        flush()
        # Without the entry it would be let in.
        assert token_class(str(unlisted)).payload == unlisted.payload
        assert is_dead(token, alice)
    clock.move_to(expiry + leeway)
    with pytest.raises(ExpiredTokenError):
        token_class(str(token))
    flush()

    assert not OutstandingToken.objects.exists()


def test_without_a_leeway_an_entry_lasts_until_the_expiry(alice, clock):
    token = AccessToken.for_user(alice)
    put_on_list(token)

    clock.move_to(expiry_of(token) - SECOND)
    flush()
    assert is_dead(AccessToken(str(token)), alice)
    clock.move_to(expiry_of(token))
    flush()

    assert not is_listed(token)


@every_class
def test_a_token_made_shorter_keeps_its_entry_for_the_longer_copy(alice, clock, token_class):
    token = token_class.for_user(alice)
    copy, expiry = str(token), expiry_of(token)
    token.set_exp(lifetime=SECOND)
    revocation.revoke_user(alice, reason="admin")

    clock.move_to(expiry - SECOND)
    flush()

    assert is_dead(token_class(copy), alice)


def test_a_sliding_token_renewed_many_times_keeps_its_entry_until_its_last_expiry(
    client, alice, clock
):
    credentials = {alice.USERNAME_FIELD: alice.get_username(), "password": people.PASSWORD}
    token = first = client.post("/api/token/sliding/", credentials).json()["token"]
    for minutes in range(4, 24, 4):
        clock.move_to(NOON + timedelta(minutes=minutes))
        token = people.renew(client, token).json()["token"]
        flush()
    last = SlidingToken(token)
    assert not is_dead(last, alice)
    revocation.revoke_user(alice, reason="admin")

    clock.move_to(expiry_of(last) - SECOND)
    flush()

    assert last["jti"] == SlidingToken(first, verify=False)["jti"]
    assert OutstandingToken.objects.count() == 1
    assert is_dead(last, alice)
    answer = people.renew(client, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")


def test_the_end_of_refreshing_is_not_the_expiry(alice):
    token = SlidingToken.for_user(alice)

    token.set_exp("refresh_exp", lifetime=MONTH)

    assert on_record(token).expires_at == expiry_of(token) == NOON + token.lifetime


def test_each_of_a_chain_keeps_its_entry_until_its_own_expiry(
    client, alice, clock, simplejwt_settings
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    pair = people.tokens(client, alice)
    for hours in (20, 40, 60):
        clock.move_to(NOON + timedelta(hours=hours))
        pair = people.refresh(client, pair["refresh"]).json()
    refresh, access = RefreshToken(pair["refresh"]), AccessToken(pair["access"])
    assert on_record(access).expires_at == expiry_of(access) < expiry_of(refresh)
    revocation.revoke_user(alice, reason="admin")

    clock.move_to(expiry_of(refresh) - SECOND)
    flush()

    assert is_dead(refresh, alice)
    assert not is_listed(access)


def test_what_is_made_of_a_remembered_login_is_no_longer_remembered(alice, clock):
    refresh = RefreshToken.for_user(alice)
    refresh.set_exp(lifetime=MONTH)

    access = refresh.access_token
    access.set_exp(lifetime=timedelta(hours=1))

    assert on_record(refresh).expires_at == NOON + MONTH
    assert on_record(access).expires_at == NOON + timedelta(hours=1)


def test_what_was_revoked_and_flushed_is_not_extended_any_more(alice, clock):
    token, expiry = AccessToken.for_user(alice), timedelta(minutes=5)
    revocation.revoke_user(alice, reason="admin")
    clock.move_to(NOON + expiry)
    flush()

    with pytest.raises(TokenRevoked):
        token.set_exp(from_time=NOON + expiry)

    fresh = AccessToken.for_user(alice)
    fresh.set_exp(lifetime=MONTH)
    assert not is_dead(fresh, alice)


def test_what_was_flushed_alive_is_put_on_record_again_when_it_is_extended(alice, clock):
    token = AccessToken.for_user(alice)
    clock.move_to(NOON + token.lifetime)
    flush()
    assert not OutstandingToken.objects.exists()

    token.set_exp(from_time=NOON + token.lifetime)
    revocation.revoke_user(alice, reason="admin")

    assert is_dead(token, alice)
