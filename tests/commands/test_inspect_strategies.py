"""``manage.py inspect_token``: the verdict of each strategy, in words."""

from datetime import timedelta

from django.contrib.auth import get_user_model
import pytest
from rest_framework_simplejwt.utils import get_md5_hash_password
import time_machine

from jwt_invalidation import revocation, sessions
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people
from tests.support.endpoints import HAS_BLACKLIST
from tests.support.forge import MISSING
from tests.support.inspecting import NOON, change_password, inspect, version_of

pytestmark = [pytest.mark.django_db, pytest.mark.with_blacklist]

BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"


@pytest.fixture(autouse=True)
def clock():
    """Stop the clock at noon."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


class StaffSuspended(Strategy):
    """A project's own, without words of its own."""

    def check(self, token, user):
        if user.is_staff:
            raise TokenRevoked(code="suspended")


def unversioned(token):
    return forge.sign(forge.changed(token.payload, token_version=MISSING, token_epoch=MISSING))


def test_a_token_from_before_a_changed_password_is_told_when_and_why(alice, bob, clock):
    token = AccessToken.for_user(alice)
    before = version_of(alice)
    change_password(alice)
    clock.shift(timedelta(minutes=2))
    revocation.revoke_user(bob, reason="logout")

    seen = inspect(str(token))

    assert seen.about("VersionStrategy") == (
        f"refused: version {before}, but the user is at {version_of(alice)},"
        " raised 2 minutes ago, password changed"
    )
    assert (seen.last, seen.status) == ("Refused: token_revoked.", 1)


def test_of_several_revocations_the_latest_is_told_without_its_note(alice, clock):
    token = AccessToken.for_user(alice)
    change_password(alice)
    clock.shift(timedelta(seconds=30))
    revocation.revoke_user(alice, reason="admin", note="in Vienna")

    seen = inspect(str(token))

    assert seen.about("VersionStrategy").endswith(
        "raised less than a minute ago, revoked by an administrator"
    )
    assert "Vienna" not in seen.out


def test_a_token_from_before_everyone_was_revoked_is_told_so(alice, bob, clock):
    token = AccessToken.for_user(alice)
    revocation.revoke_everyone(reason="other")
    clock.shift(timedelta(minutes=3))
    revocation.revoke_user(bob, reason="admin")

    answer = inspect(str(token)).about("VersionStrategy")

    epoch = Revocation.objects.get(scope="everyone").version
    assert answer == f"refused: epoch 0, but everyone is at {epoch}, raised 3 minutes ago, other"


def test_a_version_that_no_revocation_raised_is_told_without_a_reason(alice):
    token = AccessToken.for_user(alice)
    token["token_version"] = 17

    answer = inspect(str(token)).about("VersionStrategy")

    assert answer == f"refused: version 17, but the user is at {version_of(alice)}"


def test_a_user_without_a_version_is_told(alice):
    token = AccessToken.for_user(alice)
    TokenState.objects.all().delete()

    seen = inspect(str(token))

    assert seen.about("state").startswith("refused: nothing is on record of the user")
    assert seen.about("VersionStrategy").endswith(", but the user has none")
    assert seen.last == "Refused: token_revoked."


def test_why_a_token_without_a_version_is_accepted_or_refused_is_told(alice, clock, settings):
    token = AccessToken.for_user(alice)
    TokenState.objects.all().delete()
    text = unversioned(token)

    first = inspect(text)
    revocation.revoke_user(alice, reason="admin")
    clock.shift(timedelta(minutes=2))
    revoked = inspect(text)
    later = inspect(unversioned(AccessToken.for_user(alice)))
    revocation.revoke_everyone(reason="other")
    of_everyone = inspect(text)
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}
    rejected = inspect(text)

    of_the_user = (
        "carries no version; such tokens of the user issued up to 2026-03-01 12:00:00 UTC are"
        " refused, raised 2 minutes ago, revoked by an administrator"
    )
    assert first.about("state").startswith("accepted: nothing is on record yet")
    assert [each.about("VersionStrategy") for each in (first, revoked, later)] == [
        "accepted: carries no version, and none such was revoked yet",
        f"refused: {of_the_user}",
        f"accepted: {of_the_user}",
    ]
    assert of_everyone.about("VersionStrategy") == (
        "refused: carries no version; such tokens issued up to 2026-03-01 12:02:00 UTC are refused,"
        " raised less than a minute ago, other"
    )
    assert rejected.about("VersionStrategy") == (
        'refused: carries no version, and JWT_INVALIDATION["UNVERSIONED_TOKENS"] is not "accept"'
    )


def test_a_token_of_simplejwts_own_that_carries_another_passwords_digest_is_told(
    alice, simplejwt_settings
):
    simplejwt_settings.CHECK_REVOKE_TOKEN = True
    token = AccessToken.for_user(alice)
    TokenState.objects.all().delete()

    other = inspect(unversioned(token))
    token["hash_password"] = get_md5_hash_password(alice.password)
    of_present = inspect(unversioned(token))

    assert of_present.about("VersionStrategy").startswith("accepted")
    assert other.about("VersionStrategy") == (
        "refused: carries no version, and its hash_password is not that of the present password"
    )


@pytest.mark.skipif(not HAS_BLACKLIST, reason="simplejwt's blacklist is not installed")
def test_the_blacklist_strategy_tells_since_when_a_token_is_listed_or_that_it_is_not(
    alice, bob, clock, settings
):
    unrecorded = AccessToken.for_user(alice)
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    listed, other = AccessToken.for_user(bob), AccessToken.for_user(alice)
    change_password(bob)
    clock.shift(timedelta(minutes=2))

    answers = [
        inspect(str(each)).about("BlacklistStrategy") for each in (listed, other, unrecorded)
    ]

    assert answers == [
        "refused: on the blacklist since 2026-03-01 12:00:00 UTC",
        "accepted: not on the blacklist",
        "accepted: not on record, so minted before this strategy was in force, or flushed since",
    ]


@pytest.mark.skipif(not HAS_BLACKLIST, reason="simplejwt's blacklist is not installed")
def test_a_site_without_time_zones_is_told_when_a_token_was_listed(alice, settings):
    settings.USE_TZ, settings.TIME_ZONE = False, "UTC"
    alice.refresh_from_db()
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    token = AccessToken.for_user(alice)
    change_password(alice)

    seen = inspect(str(token))

    assert "refused: on the blacklist since 2026-03-01 12:00:00\n" in seen.out
    assert seen.about("VersionStrategy").endswith("raised less than a minute ago, password changed")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "accepted: lives 5 minutes, 10 minutes are allowed"),
        ({"exp": 1772367000}, "accepted: lives 10 minutes, 10 minutes are allowed"),
        ({"exp": 1772367001}, "refused: lives 10 minutes 1 seconds, 10 minutes are allowed"),
        (
            {"iat": MISSING},
            "refused: iat, when it was issued, is missing or no date; 10 minutes are allowed",
        ),
        (
            {"token_type": "refresh", "exp": 1772466400},
            "accepted: not for use on requests, so it may live long",
        ),
    ],
    ids=str,
)
def test_the_expiry_strategy_tells_how_long_a_token_lives(alice, settings, changes, words):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY]}
    payload = AccessToken.for_user(alice).payload

    seen = inspect(forge.sign(forge.changed(payload, **changes)))

    assert seen.about("ExpiryStrategy") == words
    assert seen.last == ("Accepted." if words.startswith("acc") else "Refused: token_revoked.")


def test_that_a_revoked_token_passes_where_no_database_is_asked_is_told(alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY]}
    token, refresh = AccessToken.for_user(alice), RefreshToken.for_user(alice)
    long = forge.sign({**token.payload, "exp": token["exp"] + 1000})
    change_password(alice)

    seen = inspect(str(token))

    assert seen.last == "Refused: token_revoked."
    assert seen.about("stateless views") == (
        "accepted: they let it in until it expires, revoked or not"
    )
    assert inspect(long).about("stateless views") == "refused: they refuse it, too"
    assert "stateless views" not in inspect(str(refresh)).out


def test_where_each_strategy_asks_the_database_nothing_is_told_of_such_views(alice):
    assert "stateless views" not in inspect(str(AccessToken.for_user(alice))).out


def test_a_projects_own_strategy_is_asked_and_its_code_is_the_verdict(alice, bob, settings):
    path = f"{__name__}.StaffSuspended"
    settings.JWT_INVALIDATION = {"STRATEGIES": [path]}
    bob.is_staff = True
    bob.save()

    hers, his = (inspect(str(AccessToken.for_user(user))) for user in (alice, bob))

    assert (hers.about("StaffSuspended"), hers.last) == ("accepted", "Accepted.")
    assert (his.about("StaffSuspended"), his.last) == ("refused", "Refused: suspended.")


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

    assert answer_to(first) == (
        "accepted: a rotated refresh token, whose grace is over at 2026-03-01 12:00:10 UTC"
    )
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

    assert answer_to(token) == (
        "refused: belongs to no session; those issued up to 2026-03-01 12:00:00 UTC were ended"
    )
    clock.shift(timedelta(seconds=1))
    assert answer_to(AccessToken.for_user(alice)).startswith(
        "accepted: belongs to no session; those"
    )
