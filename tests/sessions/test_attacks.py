"""Hostile tokens of sessions, and tokens used where, or when, they must not be."""

from datetime import timedelta

from django.db import connection
import pytest
from rest_framework_simplejwt.state import token_backend
import time_machine

from jwt_invalidation import sessions
from jwt_invalidation.exceptions import RefreshTokenReused
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import RefreshToken, SlidingToken
from tests.support import forge, legacy, people
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.sessions import end, post, sid_of, successor_of
from tests.support.strategies import HAS_BLACKLIST

pytestmark = pytest.mark.django_db(transaction=True)


def forged(pair, **changes):
    return {
        kind: forge.sign(forge.changed(forge.read(token), **changes))
        for kind, token in pair.items()
    }


def odd_sids(sid):
    return [
        *(None, True, 0, 7, 1.5, [], [sid], {}, {"sid": sid}, 2**70, float("nan")),
        *("", " ", "\x00", sid + "\x00", sid + " ", " " + sid, sid.upper().replace("0", "O")),
        *("A" + sid[1:], "0" * 32, "f" * 5_000, "\ud800", "%", "' OR 1=1 --", sid[:-1]),
    ]


@pytest.mark.parametrize("rotates", [False, True])
def test_a_token_of_an_impossible_session_is_refused_everywhere(
    client, alice, simplejwt_settings, rotates
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = rotates
    hers = people.tokens(client, alice)

    for sid in odd_sids(sid_of(hers)):
        assert_dead(client, forged(hers, sid=sid), code="token_revoked")
    assert_alive(client, hers)


def test_a_sid_in_other_letters_is_another_one(client, alice):
    """MariaDB compares without regard to case, and to blanks at the end."""
    hers = people.tokens(client, alice)
    sid = "ab" * 16
    TokenSession.objects.update(sid=sid)

    for other in (sid.upper(), sid + " ", sid + "\n"):
        assert_dead(client, forged(hers, sid=other), code="token_revoked")
        answer = post(client, "logout", {"refresh": forged(hers, sid=other)["refresh"]})
        assert answer.status_code == 400
    assert_alive(client, forged(hers, sid=sid))


def test_the_session_of_another_user_is_of_no_use(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    assert_dead(client, forged(hers, sid=sid_of(his)), code="token_revoked")
    assert_alive(client, his)


def test_a_logout_by_an_impossible_session_is_an_error_and_ends_none(client, alice):
    hers = people.tokens(client, alice)

    for sid in odd_sids(sid_of(hers)):
        token = forged(hers, sid=sid)
        for answer in (
            post(client, "logout", {"refresh": token["refresh"]}),
            post(client, "logout", access=token["access"]),
        ):
            assert answer.status_code == (204 if sid == "0" * 32 else 400)
    assert_alive(client, hers)


@pytest.mark.parametrize("sid", ["a%00b", "%00", "%F0%9F", "%ED%A0%80", "x" * 3_000, "A" * 32, "%"])
def test_the_session_of_an_impossible_sid_is_not_found(client, alice, sid):
    hers = people.tokens(client, alice)

    assert end(client, sid, hers["access"]).status_code == 404
    assert end(client, sid_of(hers), hers["access"]).status_code == 204


def test_no_token_does_for_one_of_another_type(client, alice):
    hers, sliding = people.tokens(client, alice), str(SlidingToken.for_user(alice))

    for refused in (
        people.refresh(client, hers["access"]),
        people.refresh(client, sliding),
        people.ask(client, hers["refresh"]),
        people.ask(client, sliding),
        people.renew(client, hers["refresh"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "token_not_valid")
    assert_alive(client, hers)


def test_a_refresh_token_with_the_jti_of_another_session_ends_its_own(client, alice, rotating):
    hers, other = people.tokens(client, alice), people.tokens(client, alice)
    jti = forge.read(other["refresh"])["jti"]

    assert people.refresh(client, forged(hers, jti=jti)["refresh"]).status_code == 401

    assert_revoked(client, hers)
    assert_alive(client, other)


def test_the_predecessor_of_an_ended_session_is_refused_within_the_grace(client, alice, rotating):
    first = people.tokens(client, alice)
    second = successor_of(client, first)
    post(client, "logout", {"refresh": second["refresh"]})

    assert_revoked(client, first)

    assert Revocation.objects.get().reason == "logout"


def rotate_by_hand(raw):
    """Do as simplejwt's serializer does, and so projects that have copied it."""
    token = RefreshToken(raw)
    access = str(token.access_token)
    token.set_jti()
    token.set_exp()
    token.set_iat()
    token.outstand()
    return {"refresh": str(token), "access": access}


def test_a_rotation_of_simplejwts_making_leaves_one_lineage(client, alice, clock):
    first = str(RefreshToken.for_user(alice))

    replies = []
    for _ in range(3):
        clock.shift(3)
        replies.append(rotate_by_hand(first))

    assert len({forge.read(each["refresh"])["jti"] for each in replies}) == 1
    assert_alive(client, replies[-1])
    assert TokenSession.objects.count() == 1


def test_a_rotation_of_simplejwts_making_stops_a_thief(client, alice):
    first = str(RefreshToken.for_user(alice))
    second = rotate_by_hand(first)
    third = rotate_by_hand(second["refresh"])

    with pytest.raises(RefreshTokenReused):
        rotate_by_hand(first)

    assert_revoked(client, third)
    assert Revocation.objects.get().reason == "refresh_reuse"


def test_an_old_refresh_token_is_stamped_and_goes_on_without_a_session(client, alice, rotating):
    old = legacy.pair_of(alice)

    first = successor_of(client, old)
    second = successor_of(client, first)

    assert "token_version" in forge.read(second["refresh"])
    assert "sid" not in forge.read(second["refresh"])
    assert not TokenSession.objects.exists()
    assert_alive(client, second)


def test_a_sliding_token_has_a_session_that_is_renewed_with_it(client, alice, clock):
    raw = str(SlidingToken.for_user(alice))
    for _ in range(3):
        clock.shift(timedelta(minutes=4))
        raw = people.renew(client, raw).json()["token"]
    assert people.verify(client, raw).status_code == 200
    assert TokenSession.objects.count() == 1

    sessions.end_session(forge.read(raw)["sid"], reason="logout")

    assert people.renew(client, raw).json()["code"] == "token_revoked"
    assert people.verify(client, raw).json()["code"] == "token_revoked"


def test_a_refresh_token_minted_outside_a_request_has_a_session_of_no_known_device(client, alice):
    token = RefreshToken.for_user(alice)

    session = TokenSession.objects.get(sid=token["sid"])

    assert (session.ip_address, session.user_agent) == (None, "")
    assert_alive(client, {"refresh": str(token), "access": str(token.access_token)})


def test_a_longer_life_counts_from_when_it_was_given(client, alice, clock):
    before = RefreshToken.for_user(alice)
    short = str(before)
    before.set_exp(lifetime=timedelta(days=14))
    written = RefreshToken.for_user(alice)
    written["exp"] = before["exp"]

    clock.shift(timedelta(days=14) - timedelta(seconds=1))
    for remembered in (before, written):
        assert people.refresh(client, str(remembered)).status_code == 200
    assert people.refresh(client, short).status_code == 401


def test_no_life_given_to_a_token_outlasts_that_of_sessions(client, alice, settings, clock):
    settings.JWT_INVALIDATION = {"SESSION_LIFETIME": timedelta(days=2)}
    remembered = RefreshToken.for_user(alice)
    remembered.set_exp(lifetime=timedelta(days=90))

    clock.shift(timedelta(days=2) - timedelta(seconds=1))
    assert people.verify(client, str(remembered)).status_code == 200

    clock.shift(timedelta(seconds=1))
    assert people.refresh(client, str(remembered)).json()["code"] == "token_revoked"


@pytest.mark.parametrize("leeway", [30, timedelta(seconds=30)])
def test_a_session_grants_the_leeway_that_its_refresh_token_has(alice, monkeypatch, clock, leeway):
    monkeypatch.setattr(token_backend, "leeway", leeway)

    hers = RefreshToken.for_user(alice)

    assert TokenSession.objects.get().idle_exp == hers["exp"] + 30


@pytest.mark.skipif(HAS_BLACKLIST, reason="simplejwt's blacklist wants ids")
def test_without_ids_of_tokens_sessions_live_and_end(client, alice, simplejwt_settings, rotating):
    simplejwt_settings.JTI_CLAIM = None
    first = people.tokens(client, alice)

    second = successor_of(client, first)

    assert_alive(client, second)
    assert post(client, "logout", {"refresh": second["refresh"]}).status_code == 204
    for pair in (first, second):
        assert_revoked(client, pair)


@pytest.mark.parametrize("claim", [None, "kind"])
def test_a_thief_is_stopped_whatever_tells_the_types_of_tokens(
    client, alice, simplejwt_settings, rotating, claim
):
    assert_alive(client, people.tokens(client, alice))
    simplejwt_settings.TOKEN_TYPE_CLAIM = claim
    first = people.tokens(client, alice)
    second = successor_of(client, first)
    third = successor_of(client, second)
    if claim:
        assert people.verify(client, first["refresh"]).json()["code"] == "token_revoked"

    assert people.refresh(client, first["refresh"]).status_code == 401

    assert people.refresh(client, third["refresh"]).json()["code"] == "token_revoked"
    assert TokenSession.objects.exclude(ended_at=None).get().reason == "refresh_reuse"


def test_a_use_is_written_in_the_hour_that_comes_twice(client, alice, settings):
    """Where times are of a zone and summer time ends: 2026-10-25, 3:00 is 2:00 in Vienna."""
    settings.USE_TZ = False
    settings.JWT_INVALIDATION = {"SESSION_IDLE_LIFETIME": timedelta(minutes=30)}
    with time_machine.travel("2026-10-25T00:50:00Z", tick=False) as clock:
        hers = people.tokens(client, alice)

        for _ in range(3):
            clock.shift(timedelta(minutes=20))
            answer = people.refresh(client, hers["refresh"])
            assert answer.status_code == 200, answer.json()


def test_the_login_stays_as_long_ago_as_it_is(client, alice, rotating, clock):
    pair = people.tokens(client, alice)
    logged_in = forge.read(pair["refresh"])["iat"]

    for _ in range(2):
        clock.shift(60)
        pair = successor_of(client, pair)

    assert [forge.read(each)["auth_time"] for each in pair.values()] == [logged_in] * 2


@pytest.mark.skipif(connection.vendor != "mysql", reason="Others compare exactly")
def test_the_tables_of_the_test_compare_without_regard_to_case(client, alice):
    people.tokens(client, alice)
    TokenSession.objects.update(sid="ab" * 16)

    assert TokenSession.objects.filter(sid="AB" * 16).exists()
