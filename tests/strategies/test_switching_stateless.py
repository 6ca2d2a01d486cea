"""To the stateless class and back, in the steps of docs/switching.rst, and without them."""

from datetime import timedelta

from django.core.management import call_command
import pytest
from rest_framework_simplejwt import tokens as simplejwt

from jwt_invalidation import revocation
from tests.support import legacy, people
from tests.support.blocks import Page
from tests.support.endpoints import assert_malformed, assert_refused
from tests.support.fates import (
    change_password,
    change_password_behind_djangos_back,
    revoke,
    revoke_everyone,
)
from tests.support.stateless import browse
from tests.support.strategies import BLACKLIST, EXPIRY, HAS_BLACKLIST, VERSION

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.settings.urls_with_stateless"),
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("clock"),
]

PAGE = Page("docs/switching.rst")
STRICT = {"version": [VERSION], "expiry": [EXPIRY]}
if HAS_BLACKLIST:
    STRICT |= {"blacklist": [BLACKLIST], "version+blacklist": [VERSION, BLACKLIST]}

from_each = pytest.mark.parametrize("strict", STRICT.values(), ids=STRICT)


@pytest.fixture
def minting_for(monkeypatch):
    """Set ``ACCESS_TOKEN_LIFETIME``, which simplejwt reads as it is imported."""

    def set_lifetime(**lifetime):
        monkeypatch.setattr(simplejwt.AccessToken, "lifetime", timedelta(**lifetime))

    return set_lifetime


def assert_quiet():
    """Run the question of the page."""
    PAGE.run("created_at__gte", {})


@from_each
def test_a_short_token_is_let_in_across_the_switch_and_back(client, alice, switch, strict):
    switch(strict)
    pair = people.tokens(client, alice)

    switch([EXPIRY])
    assert browse(pair["access"]).status_code == 200
    made = people.refresh(client, pair["refresh"]).json()["access"]
    assert browse(made).status_code == 200

    switch(strict)
    assert people.ask(client, made).status_code == 200
    assert people.refresh(client, pair["refresh"]).status_code == 200


@from_each
def test_a_long_token_is_refused_after_the_switch_and_the_client_gets_a_short_one(
    client, alice, switch, minting_for, strict
):
    minting_for(days=1)
    pair = people.tokens(client, alice)
    switch(strict)

    minting_for(minutes=5)
    switch([EXPIRY])

    assert_refused(browse(pair["access"]), "token_revoked")
    assert_refused(people.ask(client, pair["access"]), "token_revoked")
    short = people.refresh(client, pair["refresh"]).json()["access"]
    assert browse(short).status_code == 200
    assert people.ask(client, short).status_code == 200


@from_each
def test_a_long_token_that_was_revoked_does_not_come_back(
    client, alice, switch, minting_for, strict
):
    switch(strict)
    minting_for(days=1)
    pair = people.tokens(client, alice)
    revocation.revoke_user(alice, reason="admin")

    switch([EXPIRY])

    assert_refused(browse(pair["access"]), "token_revoked")
    assert people.refresh(client, pair["refresh"]).status_code == 401


@from_each
def test_in_an_unquiet_moment_what_was_just_revoked_is_let_in_until_it_expires(
    client, alice, switch, clock, strict
):
    switch(strict)
    pair = people.tokens(client, alice)
    clock.shift(60)
    revocation.revoke_user(alice, reason="admin")
    clock.shift(60)
    assert people.ask(client, pair["access"]).status_code == 401
    with pytest.raises(AssertionError):
        assert_quiet()

    switch([EXPIRY])

    clock.shift(179)
    assert browse(pair["access"]).status_code == 200
    assert people.ask(client, pair["access"]).status_code == 401
    clock.shift(1)
    assert_malformed(browse(pair["access"]))


@pytest.mark.parametrize("strict", [STRICT[name] for name in STRICT if name != "expiry"], ids=str)
@pytest.mark.parametrize(
    "kill",
    [revoke, revoke_everyone, change_password, change_password_behind_djangos_back],
    ids=lambda kill: kill.__name__,
)
def test_in_the_steps_of_the_page_nobody_is_refused_and_nothing_comes_back(
    client, alice, bob, switch, clock, minting_for, strict, kill
):
    switch(strict)
    minting_for(hours=1)
    long = people.tokens(client, bob)
    minting_for(minutes=10)
    clock.shift(timedelta(minutes=59, seconds=59))
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    assert people.ask(client, long["access"]).status_code == 200
    clock.shift(1)
    assert_malformed(people.ask(client, long["access"]))

    switch([EXPIRY])
    assert people.ask(client, hers["access"]).status_code == 200
    assert people.ask(client, his["access"]).status_code == 200
    kill(alice)
    call_command("reconcile_tokens", verbosity=0)
    clock.shift(timedelta(minutes=9, seconds=59))
    with pytest.raises(AssertionError):
        assert_quiet()
    clock.shift(2)
    assert_quiet()

    assert_malformed(browse(hers["access"]))
    assert_refused(people.refresh(client, hers["refresh"]), "token_revoked")
    his_now = his if kill is not revoke_everyone else people.tokens(client, bob)
    assert browse(people.refresh(client, his_now["refresh"]).json()["access"]).status_code == 200


def test_the_moment_is_quiet_where_nothing_was_revoked(db):
    assert_quiet()


@from_each
def test_on_the_way_back_what_was_let_in_meanwhile_is_refused_at_once(
    client, alice, bob, switch, strict
):
    switch([EXPIRY])
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    revocation.revoke_user(alice, reason="admin")
    assert browse(hers["access"]).status_code == 200

    switch(strict)

    assert_refused(people.ask(client, hers["access"]), "token_revoked")
    assert_refused(people.refresh(client, hers["refresh"]), "token_revoked")
    assert people.ask(client, his["access"]).status_code == 200


@from_each
def test_tokens_from_before_the_app_are_let_in_across_the_switch_and_back(
    client, alice, switch, strict
):
    pair = legacy.pair_of(alice)
    legacy.forget_everybody()

    switch([EXPIRY])
    assert browse(pair["access"]).status_code == 200
    switch(strict)
    assert people.ask(client, pair["access"]).status_code == 200

    revocation.revoke_user(alice, reason="admin")
    assert people.ask(client, pair["access"]).status_code == 401
