"""``manage.py inspect_token`` gives the verdict of the endpoint, for any token."""

from contextlib import nullcontext
import time

from django.db import DataError, connection
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import TokenState
from jwt_invalidation.tokens import SlidingToken
from jwt_invalidation.users import is_active_is_stored
from tests.support import forge, people
from tests.support.endpoints import EVERY, at
from tests.support.fates import FATES
from tests.support.forge import MISSING
from tests.support.inspecting import inspect
from tests.support.simplejwt import simplejwt
from tests.support.strategies import HAS_BLACKLIST

pytestmark = [pytest.mark.django_db, pytest.mark.with_blacklist]

ENDPOINTS = tuple(each for each in EVERY if each.name in ("header", "sliding header", "refresh"))
NOW = int(time.time())
PREFIX = "jwt_invalidation.strategies"
VERSION = f"{PREFIX}.version.VersionStrategy"
BLACKLIST = f"{PREFIX}.blacklist.BlacklistStrategy"
EXPIRY = f"{PREFIX}.expiry.ExpiryStrategy"
UNVERSIONED = {"token_version": MISSING, "token_epoch": MISSING}


def revoke_everyone(user):
    revocation.revoke_everyone(reason="other")


def revoke_somebody_else(user):
    revocation.revoke_user(people.make("carol"), reason="admin")


def save(user):
    user.save()


def lose_the_state(user):
    TokenState.objects.all().delete()


def make_anew(user):
    model, key, name = type(user), user.pk, user.get_username()
    user.delete()
    model.objects.create_user(name, password=people.PASSWORD, pk=key)


def reactivate(user):
    for is_active in (False, True):
        user.is_active = is_active
        user.save()


ALL_FATES = {
    **FATES,
    "saved": save,
    "everyone revoked": revoke_everyone,
    "somebody else revoked": revoke_somebody_else,
    "state lost": lose_the_state,
    "made anew": make_anew,
    **({"reactivated": reactivate} if is_active_is_stored() else {}),
}
CLAIMS = {
    "expired": {"exp": NOW - 1000},
    "expired just now": {"exp": NOW - 1},
    "no exp": {"exp": MISSING},
    "exp null": {"exp": None},
    "exp a numeric string": {"exp": str(NOW + 100)},
    "exp a past numeric string": {"exp": "1000"},
    "exp true": {"exp": True},
    "exp negative": {"exp": -5},
    "exp NaN": {"exp": forge.Raw("NaN")},
    "exp far": {"exp": 10**18},
    "exp a float": {"exp": NOW + 100.5},
    "no iat": {"iat": MISSING},
    "iat to come": {"iat": NOW + 1000},
    "iat a word": {"iat": "yesterday"},
    "nbf to come": {"nbf": NOW + 1000},
    "nbf past": {"nbf": NOW - 1000},
    "lives a day": {"iat": NOW - 10, "exp": NOW + 86_390},
    "no jti": {"jti": MISSING},
    "jti a number": {"jti": 7},
    "jti odd": {"jti": "\x1b[2J"},
    "jti of nobody": {"jti": "f" * 32},
    "sub a number": {"sub": 7},
    "no epoch": {"token_epoch": MISSING},
    "version of old": {"token_version": 17},
    "version to come": {"token_version": 2**53 - 1},
    "version a float": {"token_version": 1.0},
    "version true": {"token_version": True},
    "epoch to come": {"token_epoch": 2**52},
    "no user": {"user_id": MISSING},
    "user null": {"user_id": None},
    "user of blanks": {"user_id": " 1"},
    "user unknown": {"user_id": "99999999"},
    "user with a NUL": {"user_id": "\x00"},
    "user as long as can be": {"user_id": "9" * 400},
    "no type": {"token_type": MISSING},
    "type unknown": {"token_type": "cookie"},
    "type a list": {"token_type": ["access"]},
    "something else": {"role": "admin", "aud": "elsewhere", "iss": "elsewhere"},
    "unversioned": UNVERSIONED,
    "unversioned of old": {**UNVERSIONED, "iat": NOW - 1000},
    "unversioned without iat": {**UNVERSIONED, "iat": MISSING},
}
SIGNERS = {
    "another key": lambda claims: forge.sign(claims, key="guessed" * 8),
    "unsigned": lambda claims: forge.sign(claims).rpartition(".")[0] + ".",
    "no algorithm": lambda claims: forge.sign(claims, header={"alg": "none"}),
    "another algorithm": lambda claims: forge.sign(claims, header={"alg": "HS512"}),
    "a list of algorithms": lambda claims: forge.sign(claims, header={"alg": ["HS256"]}),
    "cut off": lambda claims: forge.sign(claims)[:-10],
    "odd last letter": lambda claims: forge.sign(claims)[:-1] + "_",
}


def assert_same_verdict(endpoint, token):
    """Assert that the command, which comes first, and the endpoint give the same verdict."""
    is_sliding = endpoint.takes == "sliding"
    with simplejwt(AUTH_TOKEN_CLASSES=(SlidingToken,)) if is_sliding else nullcontext():
        seen = inspect(token)

    answer = endpoint.send(token)
    if answer.status_code == 200:
        assert (seen.last, seen.status) == ("Accepted.", 0), seen
    else:
        assert (seen.last, seen.status) == (f"Refused: {answer.json()['code']}.", 1), seen
    return answer


@at(ENDPOINTS)
@pytest.mark.parametrize("fate", ALL_FATES.values(), ids=ALL_FATES)
@pytest.mark.parametrize("versioned", [True, False], ids=["versioned", "unversioned"])
def test_whatever_became_of_the_user_the_verdict_is_that_of_the_endpoint(
    endpoint, fate, versioned, alice
):
    claims = forge.changed(endpoint.claims_of(alice), **({} if versioned else UNVERSIONED))
    fate(alice)

    assert_same_verdict(endpoint, forge.sign(claims))


@at(ENDPOINTS)
@pytest.mark.parametrize("strategies", [[EXPIRY], [VERSION, BLACKLIST], [BLACKLIST, EXPIRY]])
@pytest.mark.parametrize("fate", ALL_FATES.values(), ids=ALL_FATES)
def test_whatever_strategies_are_active_the_verdict_is_that_of_the_endpoint(
    endpoint, strategies, fate, alice, settings
):
    if BLACKLIST in strategies and not HAS_BLACKLIST:
        pytest.skip("simplejwt's blacklist is not installed")
    settings.JWT_INVALIDATION = {"STRATEGIES": strategies}
    claims = endpoint.claims_of(alice)
    fate(alice)

    assert_same_verdict(endpoint, forge.sign(claims))


@at(ENDPOINTS)
@pytest.mark.parametrize("changes", CLAIMS.values(), ids=CLAIMS)
@pytest.mark.parametrize(
    "conf", [{}, {"STRATEGIES": [EXPIRY], "UNVERSIONED_TOKENS": "reject"}], ids=str
)
def test_whatever_is_claimed_the_verdict_is_that_of_the_endpoint(
    endpoint, changes, conf, alice, settings
):
    settings.JWT_INVALIDATION = conf
    claims = endpoint.claims_of(alice)

    assert_same_verdict(endpoint, forge.sign(forge.changed(claims, **changes)))


@at(ENDPOINTS)
@pytest.mark.parametrize("sign", SIGNERS.values(), ids=SIGNERS)
def test_however_it_is_signed_the_verdict_is_that_of_the_endpoint(endpoint, sign, alice):
    answer = assert_same_verdict(endpoint, sign(endpoint.claims_of(alice)))

    assert answer.json()["code"] == "token_not_valid"


@at(ENDPOINTS)
def test_a_name_that_is_spelt_otherwise_gets_the_verdict_of_the_endpoint(
    endpoint, alice, simplejwt_settings
):
    simplejwt_settings.USER_ID_FIELD = type(alice).USERNAME_FIELD
    claims = endpoint.claims_of(alice)

    hers = assert_same_verdict(endpoint, forge.sign(claims))
    # MariaDB finds alice by it.
    other = assert_same_verdict(
        endpoint, forge.sign({**claims, "user_id": claims["user_id"].upper()})
    )

    assert hers.status_code == 200
    assert other.json()["code"] == "user_not_found"


@at(ENDPOINTS)
def test_a_value_that_the_database_cannot_hold_gets_the_verdict_of_the_endpoint(endpoint, alice):
    def refuse(execute, sql, params, many, context):
        if sql.startswith("SELECT") and "jwt_invalidation_tokenstate" in sql:
            raise DataError("out of range")
        return execute(sql, params, many, context)

    token = forge.sign(endpoint.claims_of(alice))

    with connection.execute_wrapper(refuse):
        answer = assert_same_verdict(endpoint, token)

    assert answer.json()["code"] == "token_not_valid"
    assert assert_same_verdict(endpoint, token).status_code == 200
