"""``manage.py inspect_token``: what the session strategy answers."""

from datetime import timedelta

from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation import revocation, sessions
from jwt_invalidation.humanize import in_utc
from jwt_invalidation.models import TokenSession, TokenState
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people
from tests.support.inspecting import inspect

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("clock"),
]


@pytest.fixture
def pair(alice):
    refresh = RefreshToken.for_user(alice)
    return refresh, refresh.access_token


def answer_to(token):
    return inspect(str(token)).about("SessionStrategy")


def test_how_long_a_session_lives_is_told(pair, clock):
    assert answer_to(pair[1]) == "accepted: its session lives until 2026-03-02 12:00:00 UTC"


def test_why_a_session_ended_is_told(pair, clock):
    sessions.end_session(pair[0]["sid"], reason="logout")
    clock.shift(timedelta(minutes=2))

    seen = inspect(str(pair[1]))

    assert seen.about("SessionStrategy") == "refused: its session ended 2 minutes ago, logged out"
    assert (seen.last, seen.status) == ("Refused: token_revoked.", 1)


def test_a_session_that_has_expired_is_told(pair, clock, settings):
    settings.JWT_INVALIDATION = {"SESSION_IDLE_LIFETIME": timedelta(minutes=1)}
    access = RefreshToken.for_user(get_user_model().objects.get()).access_token
    clock.shift(timedelta(minutes=1))

    assert answer_to(access) == "refused: its session expired at 2026-03-01 12:01:00 UTC"


@pytest.mark.parametrize("sid", ["unknown", 17])
def test_a_session_that_is_unknown_is_told(pair, sid):
    claims = {**pair[1].payload, "sid": sid}

    assert answer_to(forge.sign(claims)) == "refused: its session is unknown"


def test_a_rotated_refresh_token_is_told_to_be_one(pair, clock, client, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    first = str(pair[0])
    second = people.refresh(client, first).json()["refresh"]

    over = in_utc(TokenSession.objects.get().grace_exp)
    assert answer_to(first) == f"accepted: a rotated refresh token, whose grace is over at {over}"
    people.refresh(client, second)
    assert answer_to(first) == (
        "refused: a refresh token that was rotated before its session's last one"
    )


def test_a_token_that_was_revoked_by_itself_is_told(pair):
    revocation.revoke_token(pair[1], reason="admin")

    assert answer_to(pair[1]) == "refused: the token itself was revoked"
    assert inspect(str(pair[0])).status == 0


def test_until_when_tokens_without_a_session_were_ended_is_told(alice, clock):
    token = AccessToken.for_user(alice)
    sessions.end_other_sessions(alice, keep="", reason="logout")

    ended = TokenState.objects.get(user=alice).sidless_not_before
    assert answer_to(token) == (
        f"refused: belongs to no session; those issued up to {in_utc(ended)} were ended"
    )
    clock.move_to(ended + 1)
    assert answer_to(AccessToken.for_user(alice)).startswith(
        "accepted: belongs to no session; those"
    )
