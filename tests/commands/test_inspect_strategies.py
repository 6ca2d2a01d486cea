"""``manage.py inspect_token``: the verdict of each strategy, in words."""

from datetime import timedelta

import pytest
from rest_framework_simplejwt.utils import get_md5_hash_password

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import forge
from tests.support.forge import MISSING
from tests.support.inspecting import change_password, inspect, version_of
from tests.support.legacy import begin_installation, end_installation
from tests.support.strategies import HAS_BLACKLIST

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("clock"),
]

BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"


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
        " bumped 2 minutes ago, password changed"
    )
    assert (seen.last, seen.status) == ("Refused: token_revoked.", 1)


def test_of_several_revocations_the_latest_is_told_without_its_note(alice, clock):
    token = AccessToken.for_user(alice)
    change_password(alice)
    clock.shift(timedelta(seconds=30))
    revocation.revoke_user(alice, reason="admin", note="in Vienna")

    seen = inspect(str(token))

    assert seen.about("VersionStrategy").endswith(
        "bumped less than a minute ago, revoked by an administrator"
    )
    assert "Vienna" not in seen.out


def test_a_token_from_before_everyone_was_revoked_is_told_so(alice, bob, clock):
    token = AccessToken.for_user(alice)
    revocation.revoke_everyone(reason="other")
    clock.shift(timedelta(minutes=3))
    revocation.revoke_user(bob, reason="admin")

    answer = inspect(str(token)).about("VersionStrategy")

    epoch = Revocation.objects.get(scope="everyone").version
    assert answer == f"refused: epoch 0, but everyone is at {epoch}, bumped 3 minutes ago, other"


def test_a_version_that_no_revocation_bumped_is_told_without_a_reason(alice):
    token = AccessToken.for_user(alice)
    token.payload["token_version"] = 17

    answer = inspect(str(token)).about("VersionStrategy")

    assert answer == f"refused: version 17, but the user is at {version_of(alice)}"


def test_a_user_without_a_version_is_told(alice):
    token = AccessToken.for_user(alice)
    TokenState.objects.all().delete()

    seen = inspect(str(token))

    assert seen.about("state").startswith("refused: nothing is on record about the user")
    assert seen.about("VersionStrategy").endswith(", but the user has none")
    assert seen.last == "Refused: token_revoked."


def test_why_a_token_without_a_version_is_accepted_or_refused_is_told(alice, clock, settings):
    begin_installation()
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
    end_installation(token["iat"] - 1)
    minted_elsewhere = inspect(text)
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}
    rejected = inspect(text)

    of_the_user = (
        "carries no version; such tokens of the user issued up to 2026-03-01 12:00:00 UTC are"
        " refused, bumped 2 minutes ago, revoked by an administrator"
    )
    assert first.about("state").startswith("accepted: nothing is on record yet")
    assert [each.about("VersionStrategy") for each in (first, revoked, later)] == [
        "accepted: carries no version, and none such was revoked yet",
        f"refused: {of_the_user}",
        f"accepted: {of_the_user}",
    ]
    assert of_everyone.about("VersionStrategy") == (
        "refused: carries no version; such tokens issued up to 2026-03-01 12:02:00 UTC are refused,"
        " bumped less than a minute ago, other"
    )
    assert rejected.about("VersionStrategy") == (
        'refused: carries no version, and JWT_INVALIDATION["UNVERSIONED_TOKENS"] is "reject"'
    )
    assert minted_elsewhere.about("VersionStrategy") == (
        "refused: carries no version. The token was minted by code that does not use"
        " jwt_invalidation, after its installation. Mint with jwt_invalidation.tokens."
    )


def test_a_token_of_simplejwts_own_that_carries_another_passwords_digest_is_told(
    alice, simplejwt_settings
):
    simplejwt_settings.CHECK_REVOKE_TOKEN = True
    begin_installation()
    token = AccessToken.for_user(alice)
    TokenState.objects.all().delete()

    other = inspect(unversioned(token))
    token["hash_password"] = get_md5_hash_password(alice.password)
    of_current = inspect(unversioned(token))

    assert of_current.about("VersionStrategy").startswith("accepted")
    assert other.about("VersionStrategy") == (
        "refused: carries no version, and its hash_password is not that of the current password"
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
        "accepted: not on record: minted before this strategy was active, or flushed since",
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
    assert seen.about("VersionStrategy").endswith("bumped less than a minute ago, password changed")


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
    assert inspect(long).about("stateless views") == "refused: they refuse it too"
    assert "stateless views" not in inspect(str(refresh)).out


@pytest.mark.skipif(not HAS_BLACKLIST, reason="simplejwt's blacklist is not installed")
def test_a_token_that_simplejwt_refuses_is_not_told_to_pass_without_a_database(
    alice, settings, simplejwt_settings
):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY]}
    simplejwt_settings.AUTH_TOKEN_CLASSES = (SlidingToken,)
    token, other = SlidingToken.for_user(alice), SlidingToken.for_user(alice)
    token.blacklist()

    listed, unlisted = inspect(str(token)), inspect(str(other))

    assert listed.about("blacklist").startswith("refused: on simplejwt's blacklist since")
    assert "stateless views" not in listed.out
    assert unlisted.about("stateless views").startswith("accepted")


def test_where_each_strategy_asks_the_database_nothing_is_told_of_such_views(alice):
    assert "stateless views" not in inspect(str(AccessToken.for_user(alice))).out
