"""From each list of strategies to each other one: nobody is logged out, and the dead stay dead."""

import pytest

from jwt_invalidation.users import is_active_is_stored
from tests.support import forge, legacy, people
from tests.support.changes import deactivate_and_reactivate
from tests.support.fates import (
    NEW,
    change_password,
    change_password_behind_djangos_back,
    deactivate,
    delete,
    revoke,
    revoke_everyone,
)
from tests.support.switching import assert_alive, assert_dead, each_switch, mint

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("accepting_sliding_tokens"),
]


WAYS = [change_password, change_password_behind_djangos_back, revoke, revoke_everyone, delete]
if is_active_is_stored():
    WAYS += [deactivate, deactivate_and_reactivate]

each_way = pytest.mark.parametrize("kill", WAYS, ids=lambda way: way.__name__)


@each_switch
def test_who_was_logged_in_stays_so_there_and_back(client, alice, switch, before, after):
    switch(before)
    held = mint(client, alice)
    assert_alive(client, held)

    for strategies in (after, before, after):
        switch(strategies)
        assert_alive(client, held)


@pytest.mark.django_db(transaction=True)
@each_switch
@each_way
def test_what_died_before_the_switch_stays_dead_there_and_back(
    client, alice, bob, switch, before, after, kill
):
    switch(before)
    held = mint(client, alice)
    kill(alice)
    others = mint(client, bob)

    for strategies in (after, before, after):
        switch(strategies)
        assert_dead(client, held)
        assert_alive(client, others)


@each_switch
@each_way
def test_what_was_minted_before_the_switch_can_be_killed_after_it(
    client, alice, bob, switch, before, after, kill
):
    switch(before)
    held, others = mint(client, alice), mint(client, bob)
    switch(after)

    kill(alice)

    assert_dead(client, held)
    if kill is not revoke_everyone:
        assert_alive(client, others)
    assert_alive(client, mint(client, bob))


@each_switch
def test_what_is_minted_after_the_switch_survives_the_way_back_and_can_be_killed_there(
    client, alice, bob, switch, before, after
):
    switch(after)
    hers, his = mint(client, alice), mint(client, bob)
    switch(before)
    assert_alive(client, hers)

    revoke(alice)

    assert_dead(client, hers)
    assert_alive(client, his)


@each_switch
def test_processes_with_the_old_and_the_new_settings_may_run_side_by_side(
    client, alice, bob, switch, before, after
):
    switch(before)
    held, others = mint(client, alice), mint(client, bob)
    switch(after)
    made = {
        "access": people.refresh(client, held["refresh"]).json()["access"],
        "refresh": held["refresh"],
        "sliding": people.renew(client, held["sliding"]).json()["token"],
    }
    switch(before)
    assert_alive(client, made)

    revoke(alice)

    for strategies in (before, after):
        switch(strategies)
        assert_dead(client, held)
        assert_dead(client, made)
        assert_alive(client, others)


@each_switch
def test_a_login_after_a_revocation_is_let_in_after_the_switch(
    client, alice, switch, before, after
):
    switch(before)
    mint(client, alice)
    change_password(alice)
    held = mint(client, alice, NEW)

    switch(after)

    assert_alive(client, held)


def held_from_before_the_app(user):
    held = {**legacy.pair_of(user), "sliding": legacy.sliding_of(user)}
    legacy.forget_everybody()
    return held


@each_switch
@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "unseen"])
def test_tokens_from_before_the_app_live_on_after_the_switch_until_they_are_killed(
    client, alice, bob, switch, before, after, is_seen
):
    hers = held_from_before_the_app(alice)
    his = held_from_before_the_app(bob)
    switch(before)
    if is_seen:
        assert_alive(client, hers)
    switch(after)
    assert_alive(client, hers)
    child = people.refresh(client, hers["refresh"]).json()["access"]
    assert {"token_version", "token_epoch"} <= set(forge.read(child))

    revoke(alice)

    assert_dead(client, hers)
    assert people.ask(client, child).json()["code"] == "token_revoked"
    assert_alive(client, his)


@each_switch
@each_way
def test_tokens_from_before_the_app_that_died_before_the_switch_stay_dead(
    client, alice, bob, switch, before, after, kill
):
    switch(before)
    held = held_from_before_the_app(alice)
    assert_alive(client, held)
    kill(alice)

    switch(after)

    assert_dead(client, held)
    assert_alive(client, mint(client, bob))


@each_switch
def test_rotated_tokens_go_on_whichever_settings_rotated_them(
    client, alice, switch, simplejwt_settings, before, after
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    switch(before)
    pair = people.tokens(client, alice)

    for strategies in (before, after, after, before, after):
        switch(strategies)
        answer = people.refresh(client, pair["refresh"])
        assert answer.status_code == 200
        pair = answer.json()
        assert people.ask(client, pair["access"]).status_code == 200

    revoke(alice)
    for strategies in (before, after):
        switch(strategies)
        assert people.refresh(client, pair["refresh"]).status_code == 401
        assert people.ask(client, pair["access"]).status_code == 401
