"""Sessions of tokens of every kind: sliding, from before this app, without ids, outside a request."""

from datetime import timedelta

import pytest

from jwt_invalidation import sessions
from jwt_invalidation.models import TokenSession
from jwt_invalidation.tokens import RefreshToken, SlidingToken
from tests.support import forge, legacy, people
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import post, successor_of
from tests.support.strategies import HAS_BLACKLIST

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.skipif(HAS_BLACKLIST, reason="simplejwt's blacklist wants ids")
def test_without_ids_of_tokens_sessions_live_and_end(client, alice, simplejwt_settings, rotating):
    simplejwt_settings.JTI_CLAIM = None
    first = people.tokens(client, alice)

    second = successor_of(client, first)

    assert_alive(client, second)
    assert post(client, "logout", {"refresh": second["refresh"]}).status_code == 204
    for pair in (first, second):
        assert_revoked(client, pair)
