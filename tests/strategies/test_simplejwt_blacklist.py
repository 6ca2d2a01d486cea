"""Beside simplejwt's own blacklist, which goes on working; and without it, honestly."""

from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.blacklists import blacklist
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.strategies import needs_blacklist, needs_no_blacklist

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.with_blacklist,
]


def outstanding(jti):
    return OutstandingToken.objects.get(jti=jti)


@needs_blacklist
def test_an_outstanding_token_is_stored_with_its_claims(alice):
    token = RefreshToken.for_user(alice)

    stored = outstanding(token["jti"])

    assert stored.user_id == alice.pk
    assert RefreshToken(stored.token).payload == token.payload


@needs_blacklist
def test_a_refused_mint_leaves_nothing_outstanding(alice):
    from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

    stale = type(alice).objects.get(pk=alice.pk)
    alice.set_password("another horse")
    alice.save()

    with pytest.raises(Exception, match="changed while you were logging in"):
        RefreshToken.for_user(stale)

    assert not OutstandingToken.objects.exists()


@needs_blacklist
def test_a_blacklisted_refresh_token_is_refused_at_refresh_verify_and_logout(client, alice):
    blacklisted, other = people.tokens(client, alice), people.tokens(client, alice)

    answer = blacklist(client, blacklisted["refresh"])

    assert answer.status_code == 200
    for refused in (
        people.refresh(client, blacklisted["refresh"]),
        people.verify(client, blacklisted["refresh"]),
        blacklist(client, blacklisted["refresh"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "token_not_valid")
    assert_alive(client, other)


@needs_blacklist
def test_a_revoked_refresh_token_cannot_be_blacklisted_any_more(client, alice):
    hers = people.tokens(client, alice)
    revocation.revoke_user(alice, reason="admin")

    answer = blacklist(client, hers["refresh"])

    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")


@needs_blacklist
def test_blacklist_after_rotation_kills_the_predecessor_alone(
    client, alice, settings, simplejwt_settings
):
    # Where sessions are kept, they do: within a grace.
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    hers = people.tokens(client, alice)

    successor = people.refresh(client, hers["refresh"]).json()

    assert people.refresh(client, hers["refresh"]).status_code == 401
    assert people.ask(client, hers["access"]).status_code == 200
    assert people.verify(client, successor["refresh"]).status_code == 200
    assert outstanding(RefreshToken(successor["refresh"])["jti"]).user_id == alice.pk
    revocation.revoke_user(alice, reason="admin")
    assert people.refresh(client, successor["refresh"]).json()["code"] == "token_revoked"


@needs_blacklist
def test_where_sessions_are_kept_a_rotation_adds_nothing_to_either_list(
    client, alice, simplejwt_settings
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    hers = people.tokens(client, alice)
    before = OutstandingToken.objects.count()

    with CaptureQueriesContext(connection) as queries:
        successor = people.refresh(client, hers["refresh"]).json()

    assert len(queries) <= 4
    assert (OutstandingToken.objects.count(), BlacklistedToken.objects.count()) == (before, 0)
    assert blacklist(client, successor["refresh"]).status_code == 200
    assert people.refresh(client, successor["refresh"]).status_code == 401


@needs_blacklist
def test_a_rotation_that_fails_can_be_tried_again(client, alice, settings, simplejwt_settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    hers = people.tokens(client, alice)

    def fail(execute, sql, params, many, context):
        # Of the successor: the predecessor is outstanding already.
        if sql.startswith("INSERT") and "outstandingtoken" in sql:
            raise OperationalError("server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        assert people.refresh(client, hers["refresh"]).status_code == 503

    assert people.refresh(client, hers["refresh"]).status_code == 200


@needs_no_blacklist
def test_without_the_app_rotation_keeps_working(client, alice, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    hers = people.tokens(client, alice)

    rotated = people.refresh(client, hers["refresh"]).json()

    assert RefreshToken(rotated["refresh"])["jti"] != RefreshToken(hers["refresh"])["jti"]
    assert_alive(client, rotated)
    revocation.revoke_user(alice, reason="admin")
    assert_revoked(client, rotated)


def test_a_sliding_token_is_renewed_until_it_is_revoked(client, alice):
    credentials = {alice.USERNAME_FIELD: alice.get_username(), "password": people.PASSWORD}
    token = client.post("/api/token/sliding/", credentials).json()["token"]

    renewed = people.renew(client, token)
    assert renewed.status_code == 200
    assert people.verify(client, renewed.json()["token"]).status_code == 200
    revocation.revoke_user(alice, reason="admin")

    for each in (token, renewed.json()["token"]):
        answer = people.renew(client, each)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
        assert people.verify(client, each).json()["code"] == "token_revoked"
