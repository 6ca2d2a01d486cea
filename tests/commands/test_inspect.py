"""``manage.py inspect_token``: the answer to each question, in words."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework_simplejwt.state import token_backend

from jwt_invalidation.models import Revocation
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people
from tests.support.forge import MISSING
from tests.support.inspecting import change_password, inspect, version_of
from tests.support.strategies import HAS_BLACKLIST
from tests.support.sweeping import stored
from tests.support.user_models import needs_is_active

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("clock"),
]


def test_a_token_that_is_accepted_is_shown_with_every_reason(alice):
    token = AccessToken.for_user(alice)

    seen = inspect(str(token))

    version = version_of(alice)
    name = f"{alice.get_username()}, primary key {alice.pk}"
    assert seen == (
        "\n".join(
            [
                'Header: {"alg": "HS256", "typ": "JWT"}',
                "Claims, signed by this site:",
                '  token_type     "access"',
                "  exp            1772366700 (2026-03-01 12:05:00 UTC, in 5 minutes)",
                "  iat            1772366400 (2026-03-01 12:00:00 UTC, 0 seconds ago)",
                f'  jti            "{token["jti"]}"',
                f'  user_id        "{token["user_id"]}"',
                f"  token_version  {version}",
                "  token_epoch    0",
                "Questions:",
                "  signature          accepted: good, HS256 with the key of this site",
                "  type               accepted: for authentication of requests",
                "  claims             accepted: well-formed",
                "  age                accepted: exp is in 5 minutes",
                f"  user               accepted: {name}",
                "  state              accepted: the user is as on record",
                f"  VersionStrategy    accepted: version {version} and epoch 0, the current ones",
                "  SessionStrategy    accepted: belongs to no session, and none such was ended yet",
                "Accepted.",
                "",
            ]
        ),
        "",
        0,
    )


# In the open, where the gate would record it.
@pytest.mark.django_db(transaction=True)
def test_a_password_changed_behind_djangos_back_is_told_and_not_recorded(alice):
    token = AccessToken.for_user(alice)
    stored(alice).update(password="unusable")

    seen = inspect(str(token))

    assert seen.about("state") == "refused: the password was changed behind Django's back"
    assert seen.last == "Refused: token_revoked."
    assert not Revocation.objects.exists()


@needs_is_active
def test_an_account_that_is_not_as_on_record_is_told(alice, simplejwt_settings):
    token = AccessToken.for_user(alice)
    stored(alice).update(is_active=False)

    off = inspect(str(token))
    alice.is_active = False
    alice.save()
    stored(alice).update(is_active=True)
    on = inspect(str(token))

    assert off.about("user").endswith(f"primary key {alice.pk}, is inactive")
    assert off.about("state").endswith("the account was deactivated behind Django's back")
    assert off.last == "Refused: user_inactive."
    assert on.about("state").startswith("accepted")
    assert on.about("VersionStrategy").endswith("account deactivated, changed behind Django's back")
    assert on.last == "Refused: token_revoked."


def test_a_user_who_is_gone_is_told(alice):
    token = AccessToken.for_user(alice)
    alice.delete()

    seen = inspect(str(token))

    assert seen.about("user") == "refused: no user has this id"
    assert (seen.last, seen.status) == ("Refused: user_not_found.", 1)


@pytest.mark.parametrize("is_revoked", [True, False])
def test_an_expired_token_is_told_so_and_whether_it_was_revoked_as_well(alice, clock, is_revoked):
    token = AccessToken.for_user(alice)
    if is_revoked:
        change_password(alice)
    clock.shift(timedelta(minutes=15))

    seen = inspect(str(token))

    assert seen.about("signature").startswith("accepted: good")
    assert seen.about("age") == "refused: expired 10 minutes ago"
    assert "endpoint" not in seen.out
    assert seen.about("VersionStrategy").startswith("refused" if is_revoked else "accepted")
    assert (seen.last, seen.status) == ("Refused: token_not_valid.", 1)


@needs_is_active
def test_who_counts_as_inactive_is_for_simplejwts_settings_to_say(alice, simplejwt_settings):
    simplejwt_settings.CHECK_USER_IS_ACTIVE = False
    simplejwt_settings.USER_AUTHENTICATION_RULE = lambda user: user is not None
    alice.is_active = False
    alice.save()
    access, refresh = AccessToken.for_user(alice), RefreshToken.for_user(alice)

    let_in = [inspect(str(token)).last for token in (access, refresh)]
    simplejwt_settings.USER_AUTHENTICATION_RULE = lambda user: user.is_active
    shut_out = [inspect(str(token)).last for token in (access, refresh)]

    assert let_in == ["Accepted.", "Accepted."]
    assert shut_out == ["Accepted.", "Refused: no_active_account."]


def test_a_token_is_accepted_until_the_leeway_is_over(alice, client, clock, monkeypatch):
    monkeypatch.setattr(token_backend, "leeway", 60)
    token = str(AccessToken.for_user(alice))
    clock.shift(timedelta(minutes=5, seconds=30))

    seen = inspect(token)

    assert seen.about("age") == "accepted: exp is 30 seconds ago"
    assert seen.last == "Accepted."
    assert people.ask(client, token).status_code == 200


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda signed: f"{signed.rpartition('.')[0]}.", "it is missing"),
        (
            lambda signed: forge.sign(forge.read(signed), header={"alg": "HS512"}),
            "the header names another algorithm than HS256",
        ),
        (lambda signed: signed[:-10], "another key made it, or the token was changed since"),
    ],
    ids=["missing", "another algorithm", "cut off"],
)
def test_what_is_wrong_with_a_signature_is_told(alice, spoil, words):
    seen = inspect(spoil(str(AccessToken.for_user(alice))))

    assert seen.about("signature") == f"refused: bad, {words}"


def test_if_the_signature_is_bad_the_claims_are_shown_as_unverified_and_nothing_is_asked(alice):
    token = forge.sign(AccessToken.for_user(alice).payload, key="guessed" * 8)

    with CaptureQueriesContext(connection) as queries:
        seen = inspect(token)

    assert len(queries) == 0
    assert "Claims, UNVERIFIED, anybody can write them:" in seen.out
    assert seen.out.endswith(
        "Questions:\n"
        "  signature          refused: bad, another key made it, or the token was changed since\n"
        "Refused: token_not_valid.\n"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nbf": 1772370000}, "nbf is in the future"),
        ({"iat": 1772370000}, "iat is in the future"),
        ({"iat": "x", "nbf": "x"}, "iat is not a date; nbf is not a date"),
        ({"exp": MISSING}, "exp is missing or not a date"),
        ({"exp": "soon", "sub": 7}, "exp is missing or not a date; sub is not a string"),
        ({"jti": ""}, "jti is missing, or not 1 to 255 characters of ASCII without blanks"),
        ({"token_version": MISSING}, "token_version and token_epoch are not both integers"),
        ({"user_id": []}, "user_id is missing, or no user can have it"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_claim_is_told_apart_from_the_signature(alice, changes, words):
    payload = AccessToken.for_user(alice).payload

    seen = inspect(forge.sign(forge.changed(payload, **changes)))

    assert seen.about("signature").startswith("accepted: good")
    assert seen.about("claims") == f"refused: {words}"
    assert "VersionStrategy" not in seen.out
    assert seen.last == "Refused: token_not_valid."


def test_an_audience_and_an_issuer_are_told_apart_from_the_signature(alice, client, monkeypatch):
    monkeypatch.setattr(token_backend, "audience", "here")
    monkeypatch.setattr(token_backend, "issuer", "us")
    token = AccessToken.for_user(alice)
    elsewhere = forge.sign({**token.payload, "aud": "elsewhere", "iss": "them"})

    ours, theirs = inspect(str(token)), inspect(elsewhere)

    assert ours.last == "Accepted."
    assert theirs.about("signature").startswith("accepted: good")
    assert theirs.about("claims") == (
        'refused: iss is missing, or not the one in SIMPLE_JWT["ISSUER"];'
        ' aud is missing, or not the one in SIMPLE_JWT["AUDIENCE"]'
    )
    assert people.ask(client, elsewhere).status_code == 401


@pytest.mark.skipif(not HAS_BLACKLIST, reason="simplejwt's blacklist is not installed")
def test_a_token_that_simplejwt_has_blacklisted_is_told_since_when(alice, clock):
    listed, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)
    listed.blacklist()
    clock.shift(timedelta(minutes=2))

    seen = inspect(str(listed))

    assert (
        seen.about("blacklist") == "refused: on simplejwt's blacklist since 2026-03-01 12:00:00 UTC"
    )
    assert seen.last == "Refused: token_not_valid."
    assert inspect(str(other)).about("blacklist") == "accepted: not on simplejwt's blacklist"
