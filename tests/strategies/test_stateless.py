"""The stateless class: short tokens are let in without a query, and no others."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import forge, legacy, people
from tests.support.endpoints import assert_malformed, assert_refused
from tests.support.forge import MISSING
from tests.support.outages import assert_unavailable, database_down
from tests.support.stateless import browse, browse_without_queries
from tests.support.strategies import EXPIRY, HAS_BLACKLIST
from tests.support.user_models import needs_integer_ids

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.settings.urls_with_stateless"),
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("short_tokens"),
]


@pytest.mark.parametrize("policy", ["accept", "reject"])
def test_a_short_token_is_let_in_without_a_query(alice, settings, policy):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY], "UNVERSIONED_TOKENS": policy}
    token = str(AccessToken.for_user(alice))

    answer = browse_without_queries(token)

    assert (answer.status_code, answer.json()) == (200, {"user": str(alice.pk)})


@pytest.mark.parametrize(("policy", "status"), [("accept", 200), ("reject", 401)])
def test_a_token_without_our_claims_is_treated_as_the_site_says(alice, settings, policy, status):
    token = legacy.pair_of(alice)["access"]
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY], "UNVERSIONED_TOKENS": policy}

    answer = browse_without_queries(token)

    assert answer.status_code == status
    if status == 401:
        assert_refused(answer, "token_revoked")


@needs_integer_ids
@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": True},
        {"user_id": 1.0},
        {"user_id": " 1"},
        {"user_id": "+1"},
        {"user_id": ""},
        {"user_id": None},
        {"user_id": MISSING},
        {"user_id": ["1"]},
        {"user_id": {"id": 1}},
        {"user_id": "1\x00"},
        {"token_version": None},
        {"token_version": True},
        {"token_epoch": 0.0},
        {"token_version": MISSING},
        {"jti": ["x"]},
        {"jti": MISSING},
        {"token_type": "refresh"},
        {"token_type": MISSING},
        {"exp": MISSING},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"exp": 10**400},
        {"iat": None},
        {"iat": "yesterday"},
        {"iat": 4_000_000_000},
    ],
    ids=str,
)
def test_a_hostile_claim_is_refused_as_at_every_endpoint(alice, changes):
    claims = AccessToken.for_user(alice).payload

    answer = browse_without_queries(forge.sign(forge.changed(claims, **changes)))

    assert_malformed(answer)
    assert browse(forge.sign(claims)).status_code == 200


@needs_integer_ids
def test_the_user_id_is_an_integer_where_simplejwt_once_wrote_one(alice):
    claims = AccessToken.for_user(alice).payload

    answer = browse_without_queries(forge.sign({**claims, "user_id": alice.pk}))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("age", "lifetime", "status"),
    [
        (0, 600, 200),
        (0, 601, 401),
        (0, 600.5, 401),
        (500, 600, 200),
        (500, 601, 401),
        (0.5, 600, 200),
        (86_400, 86_700, 401),
    ],
)
def test_ten_minutes_from_iat_to_exp_are_let_in_and_a_second_more_is_not(
    alice, age, lifetime, status
):
    claims = AccessToken.for_user(alice).payload
    issued = claims["iat"] - age

    answer = browse_without_queries(forge.sign({**claims, "iat": issued, "exp": issued + lifetime}))

    assert answer.status_code == status
    if status == 401:
        assert_refused(answer, "token_revoked")


def test_a_token_that_does_not_say_when_it_was_issued_might_be_old(alice):
    claims = AccessToken.for_user(alice).payload

    answer = browse_without_queries(forge.sign(forge.changed(claims, iat=MISSING)))

    assert_refused(answer, "token_revoked")
    assert answer.json() == {"detail": "Token has been revoked", "code": "token_revoked"}


def test_a_refresh_token_is_not_for_use(alice):
    refresh = RefreshToken.for_user(alice)

    assert_malformed(browse_without_queries(refresh))
    assert browse_without_queries(refresh.access_token).status_code == 200


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_sliding_token_is_let_in_where_the_site_accepts_them(
    alice, simplejwt_settings, is_accepted
):
    if is_accepted:
        simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)
    sliding = SlidingToken.for_user(alice)

    with CaptureQueriesContext(connection) as queries:
        answer = browse(sliding)

    assert answer.status_code == (200 if is_accepted else 401)
    # simplejwt's look at its own blacklist.
    assert len(queries) == (1 if is_accepted and HAS_BLACKLIST else 0)


def test_a_token_that_is_too_long_is_refused_unparsed(alice):
    claims = AccessToken.for_user(alice).payload

    assert_malformed(browse_without_queries(forge.padded(claims, 8193)))
    assert browse_without_queries(forge.padded(claims, 8192)).status_code == 200


def test_a_token_of_another_key_is_refused(alice):
    claims = AccessToken.for_user(alice).payload

    assert_malformed(browse_without_queries(forge.sign(claims, key="guessed")))


def test_a_request_without_a_token_is_challenged_without_an_error(client, db):
    answer = client.get("/api/catalogue/")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_the_database_is_not_missed_where_it_is_not_asked(client, alice):
    pair = people.tokens(client, alice)

    with database_down():
        stateless = browse(pair["access"])
        strict = people.ask(client, pair["access"])

    assert stateless.status_code == 200
    assert_unavailable(strict)
    assert people.ask(client, pair["access"]).status_code == 200
