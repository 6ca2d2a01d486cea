"""Without simplejwt's app, or its tables, nothing passes and nothing pretends."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.test import override_settings
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import changes, forge, people
from tests.support.blacklists import blacklist
from tests.support.commands import renamed
from tests.support.endpoints import EVERY, at
from tests.support.pairs import answers, assert_alive, assert_revoked
from tests.support.strategies import BLACKLIST, needs_blacklist, needs_no_blacklist

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.with_blacklist,
]
listing = override_settings(JWT_INVALIDATION={"STRATEGIES": [BLACKLIST]})
every_class = pytest.mark.parametrize("token_class", [AccessToken, RefreshToken, SlidingToken])


def says_what_to_add():
    return pytest.raises(
        ImproperlyConfigured,
        match=r"'rest_framework_simplejwt\.token_blacklist' to INSTALLED_APPS .* `manage\.py migrate`",
    )


@needs_no_blacklist
@every_class
def test_no_token_is_minted(alice, token_class):
    with listing, says_what_to_add():
        token_class.for_user(alice)

    assert token_class.for_user(alice)["user_id"]


@needs_no_blacklist
@at(EVERY)
def test_no_endpoint_lets_anything_pass(endpoint, alice):
    raw = forge.sign(endpoint.claims_of(alice))

    # Not a 401 either, on which clients throw a good token away.
    with listing, pytest.raises(AssertionError, match="ImproperlyConfigured"):
        endpoint.send(raw)

    assert endpoint.send(raw).status_code == 200


@needs_no_blacklist
def test_nothing_is_made_of_a_token(alice):
    refresh = RefreshToken.for_user(alice)

    with listing:
        with says_what_to_add():
            refresh.access_token  # noqa: B018  # a property that mints
        with says_what_to_add():
            refresh.rotate()
        with says_what_to_add():
            refresh.set_exp()

    assert refresh.access_token["user_id"] == refresh["user_id"]


@needs_no_blacklist
@pytest.mark.parametrize("token_class", [RefreshToken, SlidingToken])
def test_blacklisting_raises_and_does_not_pretend(alice, token_class):
    token = token_class.for_user(alice)

    with listing:
        with says_what_to_add():
            token.blacklist()
        with says_what_to_add():
            token.outstand()


@needs_no_blacklist
def test_a_logout_is_an_error_and_no_silent_success(client, alice):
    hers = people.tokens(client, alice)

    with listing, says_what_to_add():
        blacklist(client, hers["refresh"])

    assert_alive(client, hers)


@needs_no_blacklist
def test_a_revocation_raises_and_revokes_nobody(client, alice):
    hers = people.tokens(client, alice)

    with listing, says_what_to_add():
        revocation.revoke_user(alice, reason="admin")

    assert not Revocation.objects.exists()
    assert_alive(client, hers)


@needs_no_blacklist
def test_revoking_everyone_raises_and_everyones_tokens_are_dead_all_the_same(client, alice):
    hers = people.tokens(client, alice)

    with listing, says_what_to_add():
        revocation.revoke_everyone(reason="other")

    assert Revocation.objects.get().scope == "everyone"
    assert_revoked(client, hers)


@needs_no_blacklist
def test_a_password_change_raises_and_the_old_tokens_are_dead_all_the_same(client, alice):
    hers = people.tokens(client, alice)

    with listing, says_what_to_add():
        changes.set_password_and_save(alice)

    assert [answer.status_code for answer in answers(client, hers)] == [401] * 4


@needs_blacklist
@pytest.mark.parametrize("table", [BlacklistedToken, OutstandingToken])
def test_without_its_tables_every_endpoint_answers_503(client, alice, settings, table):
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    hers = people.tokens(client, alice)

    with renamed(table):
        unavailable = answers(client, hers)

    assert [answer.status_code for answer in unavailable] == [503] * 4
    assert {answer.headers["Retry-After"] for answer in unavailable} == {"5"}
    assert_alive(client, hers)


@needs_blacklist
@pytest.mark.parametrize("table", [BlacklistedToken, OutstandingToken])
def test_without_its_tables_a_revocation_raises_and_revokes_nobody(client, alice, settings, table):
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    hers = people.tokens(client, alice)

    with renamed(table), pytest.raises(DatabaseError):
        revocation.revoke_user(alice, reason="admin")

    assert not Revocation.objects.exists()
    assert_alive(client, hers)
