"""Single tokens on simplejwt's blacklist, when the strategies change around it."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.tokens import AccessToken, SlidingToken
from tests.support import people
from tests.support.blacklists import blacklist
from tests.support.strategies import BLACKLIST, VERSION, needs_blacklist
from tests.support.switching import (
    assert_alive,
    each_switch,
    each_switch_without_sessions,
    mint,
)

pytestmark = [
    needs_blacklist,
    pytest.mark.django_db,
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("accepting_sliding_tokens"),
]


@pytest.fixture
def rotating(simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True


def log_out(client, refresh):
    answer = blacklist(client, refresh)
    assert answer.status_code == 200, answer.json()


def put_on_the_list(token):
    on_record = OutstandingToken.objects.get(jti=token["jti"])
    BlacklistedToken.objects.get_or_create(token=on_record)


def refusals(client, refresh):
    return [
        answer.status_code
        for answer in (
            people.refresh(client, refresh),
            people.verify(client, refresh),
            blacklist(client, refresh),
        )
    ]


@each_switch
def test_a_device_that_logged_out_stays_so_there_and_back(client, alice, switch, before, after):
    switch(before)
    phone, laptop = mint(client, alice), mint(client, alice)
    log_out(client, phone["refresh"])

    for strategies in (before, after, before):
        switch(strategies)
        assert refusals(client, phone["refresh"]) == [401] * 3
        assert_alive(client, laptop)


@each_switch
def test_a_device_that_logged_in_before_the_switch_can_log_out_after_it(
    client, alice, switch, before, after
):
    switch(before)
    phone, laptop = mint(client, alice), mint(client, alice)
    switch(after)

    log_out(client, phone["refresh"])

    for strategies in (after, before):
        switch(strategies)
        assert refusals(client, phone["refresh"]) == [401] * 3
        assert_alive(client, laptop)


@each_switch_without_sessions
def test_a_refresh_token_that_was_replaced_stays_dead_and_its_successor_lives(
    client, alice, switch, rotating, before, after
):
    switch(before)
    first = people.tokens(client, alice)["refresh"]
    second = people.refresh(client, first).json()["refresh"]

    switch(after)
    third = people.refresh(client, second).json()["refresh"]
    switch(before)
    fourth = people.refresh(client, third).json()

    for strategies in (before, after):
        switch(strategies)
        dead = [refusals(client, refresh) for refresh in (first, second, third)]
        assert dead == [[401] * 3] * 3
        assert people.verify(client, fourth["refresh"]).status_code == 200
        assert people.ask(client, fourth["access"]).status_code == 200


@each_switch
def test_a_sliding_token_on_the_list_stays_dead_there_and_back(
    client, alice, switch, before, after
):
    switch(before)
    listed, other = SlidingToken.for_user(alice), SlidingToken.for_user(alice)
    put_on_the_list(listed)

    for strategies in (before, after, before):
        switch(strategies)
        assert people.ask(client, listed).status_code == 401
        assert people.renew(client, str(listed)).status_code == 401
        assert people.ask(client, other).status_code == 200


@pytest.mark.parametrize("is_revoked", [True, False])
def test_an_access_token_on_the_list_comes_back_with_simplejwt_unless_its_user_is_revoked(
    client, alice, switch, is_revoked
):
    switch([BLACKLIST])
    access = AccessToken.for_user(alice)
    put_on_the_list(access)
    assert people.ask(client, access).json()["code"] == "token_revoked"
    if is_revoked:
        revocation.revoke_user(alice, reason="logout")

    switch([VERSION])

    assert people.ask(client, access).status_code == (401 if is_revoked else 200)


def test_an_access_token_on_the_list_is_dead_for_good_once_its_lifetime_was_waited_for(
    client, alice, switch
):
    switch([BLACKLIST])
    access = AccessToken.for_user(alice)
    put_on_the_list(access)

    with time_machine.travel(timezone.now() + access.lifetime, tick=False):
        switch([VERSION])
        assert people.ask(client, access).json()["code"] == "token_not_valid"
        assert people.ask(client, AccessToken.for_user(alice)).status_code == 200


@each_switch
def test_a_flush_after_the_switch_revives_nothing(client, alice, bob, switch, before, after):
    switch(before)
    phone, laptop = mint(client, alice), mint(client, alice)
    his = mint(client, bob)
    log_out(client, phone["refresh"])
    revocation.revoke_user(bob, reason="admin")
    switch(after)

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        call_command("flushexpiredtokens")

        assert refusals(client, phone["refresh"]) == [401] * 3
        assert refusals(client, his["refresh"]) == [401] * 3
        assert people.refresh(client, laptop["refresh"]).status_code == 200


def test_a_sliding_token_that_was_renewed_before_the_switch_is_listed_until_it_expires(
    client, alice, switch
):
    switch([VERSION])
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = str(SlidingToken.for_user(alice))
        clock.shift(240)
        token = people.renew(client, token).json()["token"]
        switch([BLACKLIST])
        SlidingToken(token).blacklist()

        clock.shift(120)
        call_command("flushexpiredtokens")

        answer = people.ask(client, token)
        assert (answer.status_code, answer.json().get("code")) == (401, "token_revoked")
