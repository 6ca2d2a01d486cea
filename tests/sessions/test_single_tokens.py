"""`revoke_token`: one token dies, and no other."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
import pytest
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.state import token_backend
import time_machine

from jwt_invalidation import revocation, sessions
from jwt_invalidation.models import Revocation, TokenSession, TokenState
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people
from tests.support.legacy import begin_installation
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(raw, token_class=AccessToken, **kwargs):
    revocation.revoke_token(token_class(raw), reason="other", **kwargs)


def test_one_access_token_dies_and_the_rest_of_its_session_lives(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    other = people.refresh(client, hers["refresh"]).json()["access"]

    revoke(hers["access"], actor=bob, note="It was in a log.")

    assert people.ask(client, hers["access"]).json()["code"] == "token_revoked"
    assert people.verify(client, hers["access"]).json()["code"] == "token_revoked"
    assert_alive(client, {"refresh": hers["refresh"], "access": other})
    assert_alive(client, his)
    assert TokenSession.objects.filter(ended_at=None).count() == 2
    [entry] = Revocation.objects.all()
    assert (entry.scope, entry.subject_id, entry.actor_id) == ("token", alice.pk, bob.pk)
    assert entry.identifier == forge.read(hers["access"])["jti"]
    assert entry.version == forge.read(hers["access"])["token_version"]
    assert hers["access"] not in str(vars(entry))


def test_a_revoked_refresh_token_is_of_no_more_use(client, alice):
    hers = people.tokens(client, alice)

    revoke(hers["refresh"], RefreshToken)

    assert people.refresh(client, hers["refresh"]).json()["code"] == "token_revoked"
    assert people.ask(client, hers["access"]).status_code == 200


def test_the_id_of_another_users_token_is_not_revoked(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    same = forge.changed(forge.read(his["access"]), jti=forge.read(hers["access"])["jti"])

    revoke(forge.sign(same))

    assert people.ask(client, forge.sign(same)).status_code == 401
    assert_alive(client, hers)


@pytest.mark.parametrize("leeway", [0, 30, timedelta(seconds=30)])
def test_the_entry_tells_until_when_it_matters(client, alice, monkeypatch, leeway):
    monkeypatch.setattr(token_backend, "leeway", leeway)
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False) as clock:
        token = AccessToken.for_user(alice)
        revoke(str(token))

        [entry] = Revocation.objects.all()
        grace = leeway if isinstance(leeway, timedelta) else timedelta(seconds=leeway)
        assert entry.expires_at == datetime.fromtimestamp(token["exp"], UTC) + grace
        clock.move_to(entry.expires_at - timedelta(seconds=1))
        assert people.ask(client, str(token)).json()["code"] == "token_revoked"
        clock.move_to(entry.expires_at)
        assert people.ask(client, str(token)).json()["code"] == "token_not_valid"


def test_an_old_token_dies_whose_user_was_never_seen(client, alice):
    begin_installation()
    hers, other = (str(simplejwt.AccessToken.for_user(alice)) for _ in range(2))
    TokenState.objects.all().delete()

    revoke(hers)

    assert people.ask(client, hers).json()["code"] == "token_revoked"
    assert people.ask(client, other).status_code == 200


def test_a_token_without_an_id_cannot_be_named(client, alice, simplejwt_settings):
    simplejwt_settings.JTI_CLAIM = None
    token = AccessToken.for_user(alice)

    with pytest.raises(ImproperlyConfigured, match="JTI_CLAIM"):
        revoke(str(token))

    assert people.ask(client, str(token)).status_code == 200


def test_the_verb_raises_without_the_strategy_that_looks_there(alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": []}
    token = AccessToken.for_user(alice)

    with pytest.raises(ImproperlyConfigured, match="SessionStrategy"):
        revoke(str(token))

    assert not Revocation.objects.exists()


def test_an_id_as_long_as_they_may_be_is_revoked(client, alice):
    claims = AccessToken.for_user(alice).payload
    longest, other = (forge.sign(forge.changed(claims, jti=each * 64)) for each in "ab")

    revoke(longest)

    assert people.ask(client, longest).json()["code"] == "token_revoked"
    assert people.ask(client, other).status_code == 200


def test_ending_sessions_wants_a_list_of_them(client, alice):
    hers = people.tokens(client, alice)
    sid = forge.read(hers["refresh"])["sid"]

    with pytest.raises(TypeError, match="end_session"):
        sessions.end_sessions(sid, reason="logout")

    assert_alive(client, hers)
    assert sessions.end_sessions([sid, sid, "unknown"], reason="logout") == 1
    assert_revoked(client, hers)
