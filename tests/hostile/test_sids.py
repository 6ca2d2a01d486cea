"""Hostile sessions: claims that name no session, or that of somebody else."""

from django.db import connection
import pytest

from jwt_invalidation.models import TokenSession
from jwt_invalidation.tokens import SlidingToken
from tests.support import forge, people
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.sessions import end, post, sid_of

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


@pytest.mark.skipif(connection.vendor != "mysql", reason="Others compare exactly")
def test_the_tables_of_the_test_compare_without_regard_to_case(client, alice):
    people.tokens(client, alice)
    TokenSession.objects.update(sid="ab" * 16)

    assert TokenSession.objects.filter(sid="AB" * 16).exists()
