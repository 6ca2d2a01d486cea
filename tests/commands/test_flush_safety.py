"""Nothing that a flush deletes brings a token back, and nothing that lives dies of it."""

from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone
import pytest
from rest_framework_simplejwt.state import token_backend
import time_machine

from jwt_invalidation import revocation, sessions
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import forge, people
from tests.support.clock import age_graces
from tests.support.flushing import AT_ONCE, at, flushed
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.reporting import SESSION, VERSION
from tests.support.sessions import sid_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]


@contextmanager
def leeway(**granted):
    """Let simplejwt accept tokens for so long after they have expired."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_backend, "leeway", timedelta(**granted))
        yield


def remembered(user, **lifetime):
    """Log in with a "remember me": return the pair, each of which expires so late."""
    refresh = RefreshToken.for_user(user)
    refresh.set_exp(lifetime=timedelta(**lifetime))
    access = refresh.access_token
    access.set_exp(lifetime=timedelta(**lifetime))
    return {"refresh": str(refresh), "access": str(access)}


def asked(client, token):
    """Return the code of the refusal, or nothing."""
    answers = [people.ask(client, token), people.verify(client, token)]
    codes = {answer.json().get("code", "") for answer in answers}
    assert len(codes) == 1
    return codes.pop()


def test_the_tokens_of_an_ended_session_stay_dead(client, alice, bob):
    hers, other, his = (people.tokens(client, user) for user in (alice, alice, bob))
    sessions.end_session(sid_of(hers), reason="logout")
    assert_revoked(client, hers)

    assert flushed(AT_ONCE).sessions == 1

    assert_revoked(client, hers)
    assert_alive(client, other)
    assert_alive(client, his)


def test_logging_out_again_is_answered_as_before(client, alice):
    hers = people.tokens(client, alice)
    answers = [client.post("/api/token/logout/", {"refresh": hers["refresh"]}) for _ in range(2)]

    assert flushed(AT_ONCE).sessions == 1
    answers.append(client.post("/api/token/logout/", {"refresh": hers["refresh"]}))

    assert [answer.status_code for answer in answers] == [204] * 3


def test_the_tokens_of_a_session_that_was_idle_stay_dead(client, alice, settings):
    settings.JWT_INVALIDATION = {"SESSION_IDLE_LIFETIME": timedelta(hours=1)}
    with at():
        idle, used = remembered(alice, days=7), remembered(alice, days=7)
    with at(minutes=59):
        assert people.refresh(client, used["refresh"]).status_code == 200

    with at(minutes=61):
        assert flushed(AT_ONCE).sessions == 1

        assert_revoked(client, idle)
        assert_alive(client, used)


def test_a_remember_me_that_outlives_its_session_stays_dead_though_the_limit_is_raised(
    client, alice, settings
):
    with at():
        hers = remembered(alice, days=60)

    with at(days=30, seconds=-1):
        assert flushed(AT_ONCE).sessions == 0
        assert_alive(client, hers)
    with at(days=30):
        assert people.refresh(client, hers["refresh"]).json()["code"] == "token_not_valid"
        assert asked(client, hers["access"]) == "token_revoked"
        assert flushed(AT_ONCE).sessions == 1
        settings.JWT_INVALIDATION = {"SESSION_LIFETIME": timedelta(days=90)}

        assert people.refresh(client, hers["refresh"]).json()["code"] == "token_not_valid"
        assert asked(client, hers["access"]) == "token_revoked"


def test_a_remember_me_that_is_in_use_lives_on(client, alice, settings):
    settings.JWT_INVALIDATION = {"SESSION_LIFETIME": timedelta(days=90)}
    with at():
        hers, short = remembered(alice, days=60), people.tokens(client, alice)

    with at(days=59):
        assert flushed(AT_ONCE).sessions == 1

        assert_alive(client, hers)
        assert people.refresh(client, short["refresh"]).status_code == 401


def test_a_leeway_that_is_granted_afterwards_revives_no_session(client, alice):
    with at():
        hers = remembered(alice, days=1)

    with at(days=1, seconds=1):
        assert_dead(client, hers, code="token_not_valid")
        assert flushed(AT_ONCE).sessions == 1
        with leeway(minutes=1):
            # The tokens have not expired now, but their session had.
            assert_revoked(client, hers)


def test_a_leeway_that_is_granted_afterwards_revives_no_single_token(client, alice):
    with at():
        token = AccessToken.for_user(alice)
        revocation.revoke_token(token, reason="other")

    with at(minutes=5, seconds=1):
        assert asked(client, str(token)) == "token_not_valid"
        assert flushed(AT_ONCE).tokens == 0
        with leeway(minutes=1):
            assert asked(client, str(token)) == "token_revoked"


def test_single_tokens_stay_dead_and_others_alive(client, alice):
    token, other = AccessToken.for_user(alice), AccessToken.for_user(alice)
    hers = people.tokens(client, alice)
    revocation.revoke_token(token, reason="other")
    revocation.revoke_token(RefreshToken(hers["refresh"]), reason="other")

    assert flushed(AT_ONCE).tokens == 0

    assert asked(client, str(token)) == "token_revoked"
    assert people.refresh(client, hers["refresh"]).json()["code"] == "token_revoked"
    assert people.ask(client, hers["access"]).status_code == 200
    assert asked(client, str(other)) == ""


@pytest.mark.parametrize("days", [20, 60])
def test_a_single_token_whose_expiry_is_set_after_it_was_revoked_stays_dead(client, alice, days):
    with at():
        refresh = RefreshToken.for_user(alice)
        token, other = refresh.access_token, refresh.access_token
        revocation.revoke_token(token, reason="other")
        for each in (token, other):
            each.set_exp(lifetime=timedelta(days=days))
        refresh.set_exp(lifetime=timedelta(days=days))

    with at(days=days - 1):
        flushed(AT_ONCE)

        assert asked(client, str(token)) == "token_revoked"
        # Its session lives for thirty days, and no longer.
        assert asked(client, str(other)) == ("" if days < 30 else "token_revoked")


@pytest.fixture
def sliding(simplejwt_settings):
    """Let sliding tokens in; those of simplejwt live for five minutes."""
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)


def copies_of_sliding(client, user):
    """Return a sliding token, and its copy, renewed a minute before it expires."""
    with at():
        first = SlidingToken.for_user(user)
    with at(minutes=4):
        return first, people.renew(client, str(first)).json()["token"]


@pytest.mark.parametrize("strategies", [[VERSION, SESSION], [VERSION]])
def test_the_renewed_copy_of_a_sliding_token_stays_dead(
    client, alice, settings, sliding, strategies
):
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}
    first, renewed = copies_of_sliding(client, alice)
    _, other = copies_of_sliding(client, alice)
    settings.JWT_INVALIDATION = {}
    with at(minutes=4):
        revocation.revoke_token(first, reason="other")

    with at(minutes=8):
        assert Revocation.objects.get().expires_at < timezone.now()
        flushed(AT_ONCE)

        assert asked(client, renewed) == "token_revoked"
        assert people.renew(client, renewed).json()["code"] == "token_revoked"
        assert asked(client, other) == ""


def test_revoked_users_and_everyone_stay_revoked(client, alice, bob):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)
    revocation.revoke_user(alice, reason="admin")
    assert flushed(AT_ONCE).revocations == 1
    assert_revoked(client, hers)
    assert_alive(client, his)

    revocation.revoke_everyone(reason="admin")
    assert flushed(AT_ONCE).revocations == 1
    assert not Revocation.objects.exists()

    assert_revoked(client, hers)
    assert_revoked(client, his)
    assert_alive(client, people.tokens(client, alice))


def test_tokens_without_a_session_stay_as_dead_as_they_were(client, alice):
    hers, old = people.tokens(client, alice), AccessToken.for_user(alice)
    sessions.end_other_sessions(alice, keep=sid_of(hers), reason="logout")
    # By the database's clock, which stands still for nobody.
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        young = AccessToken.for_user(alice)
        flushed(AT_ONCE)

        assert asked(client, str(old)) == "token_revoked"
        assert asked(client, str(young)) == ""
        assert_alive(client, hers)


def test_a_replayed_refresh_token_of_a_flushed_session_is_refused(
    client, alice, simplejwt_settings
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    with at():
        first = people.tokens(client, alice)
        second = people.refresh(client, first["refresh"]).json()
    age_graces(11)
    with at(seconds=11):
        assert people.refresh(client, first["refresh"]).status_code == 401
        assert flushed(AT_ONCE).sessions == 1

        for pair in (first, second):
            assert people.refresh(client, pair["refresh"]).json()["code"] == "token_revoked"
            assert asked(client, pair["access"]) == "token_revoked"


def test_a_rotated_session_keeps_its_grace_and_its_memory(client, alice, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    with at():
        first = people.tokens(client, alice)
        second = people.refresh(client, first["refresh"]).json()

        assert flushed(AT_ONCE) == flushed(AT_ONCE, dry_run=True)

        again = people.refresh(client, first["refresh"]).json()
        assert forge.read(again["refresh"])["jti"] == forge.read(second["refresh"])["jti"]
    age_graces(11)
    with at(seconds=11):
        flushed(AT_ONCE)
        assert people.refresh(client, first["refresh"]).json()["code"] == "token_revoked"
        assert TokenSession.objects.get().reason == "refresh_reuse"


def test_a_strategy_that_is_taken_out_and_put_back_finds_the_same_tokens_dead(
    client, alice, settings
):
    ended, live = people.tokens(client, alice), people.tokens(client, alice)
    sessions.end_session(sid_of(ended), reason="logout")

    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION]}
    # Without it sessions mean nothing, flushed or not.
    assert_alive(client, ended)
    assert flushed(AT_ONCE).sessions == 1
    assert_alive(client, ended)
    settings.JWT_INVALIDATION = {}

    assert_revoked(client, ended)
    assert_alive(client, live)


def test_what_a_changed_password_has_ended_stays_ended(client, alice):
    hers = people.tokens(client, alice)
    alice.set_password("another horse")
    alice.save()

    assert flushed(AT_ONCE).sessions == 1

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice, "another horse"))
