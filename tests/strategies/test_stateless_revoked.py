"""What a revoked token may still do: nothing where the gate stands, and elsewhere not for long."""

from datetime import timedelta

import pytest
from rest_framework_simplejwt.state import token_backend

from jwt_invalidation.conf import conf
from jwt_invalidation.tokens import AccessToken, SlidingToken
from jwt_invalidation.users import is_active_is_stored
from tests.support import people
from tests.support.endpoints import assert_malformed, assert_refused
from tests.support.fates import (
    change_password,
    change_password_behind_djangos_back,
    deactivate,
    delete,
    revoke,
    revoke_everyone,
)
from tests.support.stateless import browse

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.settings.urls_with_stateless"),
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("clock"),
    pytest.mark.usefixtures("short_tokens"),
]


FATES = {
    change_password: ("token_revoked", "token_revoked"),
    change_password_behind_djangos_back: ("token_revoked", "token_revoked"),
    revoke: ("token_revoked", "token_revoked"),
    revoke_everyone: ("token_revoked", "token_revoked"),
    delete: ("user_not_found", "user_not_found"),
}
if is_active_is_stored():
    FATES[deactivate] = ("user_inactive", "no_active_account")

each_fate = pytest.mark.parametrize("fate", FATES, ids=lambda fate: fate.__name__)


@each_fate
def test_the_strict_class_refuses_at_once_what_the_stateless_one_lets_in(client, alice, fate):
    pair = people.tokens(client, alice)
    assert people.ask(client, pair["access"]).status_code == 200

    fate(alice)

    assert_refused(people.ask(client, pair["access"]), FATES[fate][0])
    assert browse(pair["access"]).status_code == 200


@each_fate
def test_the_stateless_class_lets_it_in_up_to_its_last_second(client, alice, clock, fate):
    pair = people.tokens(client, alice)
    fate(alice)

    clock.shift(conf.simplejwt.ACCESS_TOKEN_LIFETIME - timedelta(seconds=1))
    last = browse(pair["access"])
    clock.shift(timedelta(seconds=1))
    late = browse(pair["access"])

    assert last.status_code == 200
    assert_malformed(late)


def test_a_leeway_adds_to_what_a_revoked_token_may_live(client, alice, clock, monkeypatch):
    monkeypatch.setattr(token_backend, "leeway", 30)
    pair = people.tokens(client, alice)
    revoke(alice)

    clock.shift(conf.simplejwt.ACCESS_TOKEN_LIFETIME + timedelta(seconds=29))
    last = browse(pair["access"])
    clock.shift(timedelta(seconds=1))
    late = browse(pair["access"])

    assert last.status_code == 200
    assert_malformed(late)


@each_fate
def test_refresh_and_verify_refuse_at_once(client, alice, bob, fate):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    code, at_refresh = FATES[fate]

    fate(alice)

    assert_refused(people.refresh(client, hers["refresh"]), at_refresh)
    assert_refused(people.verify(client, hers["refresh"]), code)
    assert_refused(people.verify(client, hers["access"]), code)
    expected = 401 if fate is revoke_everyone else 200
    assert people.refresh(client, his["refresh"]).status_code == expected


@each_fate
def test_a_sliding_token_is_renewed_no_more(client, alice, bob, simplejwt_settings, fate):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)
    hers, his = SlidingToken.for_user(alice), SlidingToken.for_user(bob)
    assert people.renew(client, hers).status_code == 200

    fate(alice)

    assert browse(hers).status_code == 200
    assert_refused(people.renew(client, hers), FATES[fate][1])
    assert people.renew(client, his).status_code == (401 if fate is revoke_everyone else 200)


def test_a_refreshed_token_is_as_short_as_the_first(client, alice, clock):
    pair = people.tokens(client, alice)
    clock.shift(timedelta(hours=3))

    access = people.refresh(client, pair["refresh"]).json()["access"]

    assert browse(access).status_code == 200
    clock.shift(conf.simplejwt.ACCESS_TOKEN_LIFETIME)
    assert_malformed(browse(access))


def test_a_renewed_sliding_token_is_as_short_as_the_first(client, alice, clock, simplejwt_settings):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)
    token = str(SlidingToken.for_user(alice))
    for _ in range(5):
        clock.shift(timedelta(minutes=4))
        token = people.renew(client, token).json()["token"]

    assert browse(token).status_code == 200
    clock.shift(conf.simplejwt.SLIDING_TOKEN_LIFETIME)
    assert_malformed(browse(token))


def test_a_login_afterwards_is_let_in_by_both_classes(client, alice, clock):
    change_password(alice)
    clock.shift(timedelta(seconds=1))

    access = people.tokens(client, alice, "another horse")["access"]

    assert browse(access).status_code == 200
    assert people.ask(client, access).status_code == 200
