"""What is minted or revoked in a transaction counts if it commits, and is never revived by it."""

from contextlib import suppress

from django.contrib.auth.hashers import make_password
from django.db import OperationalError, connection, transaction
from django.urls import include, path
import pytest
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.gate.lookup import user_id_field
from jwt_invalidation.tokens import AccessToken, RefreshToken
from jwt_invalidation.users import user_model
from tests.support import people
from tests.support.blacklists import is_dead, is_listed, under_blacklist
from tests.support.gates import Thread
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [
    *under_blacklist,
    pytest.mark.django_db(transaction=True, databases=["default", "other"]),
    pytest.mark.urls("tests.strategies.test_blacklist_transactions"),
]
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs PostgreSQL's isolation levels"
)


class MintsAndFails(APIView):
    """A project's own view, in which something goes wrong after a token was minted."""

    authentication_classes = []
    permission_classes = [AllowAny]
    minted = []

    def post(self, request):
        user = user_model().objects.get(**{user_id_field().name: request.data["user"]})
        self.minted.append(RefreshToken.for_user(user))
        if request.data["fails"]:
            raise RuntimeError
        return Response()


urlpatterns = [
    path("", include("tests.settings.urls")),
    path("api/minting/", MintsAndFails.as_view()),
]


def test_a_token_minted_in_a_transaction_that_is_rolled_back_dies_by_its_version(client, alice):
    """It was handed out although it was undone, so no record of it is to be had."""
    with suppress(RuntimeError), transaction.atomic():
        undone = RefreshToken.for_user(alice)
        raise RuntimeError
    assert not OutstandingToken.objects.exists()
    assert people.refresh(client, str(undone)).status_code == 200

    revocation.revoke_user(alice, reason="admin")

    assert people.refresh(client, str(undone)).json()["code"] == "token_revoked"


def test_a_token_minted_in_a_savepoint_that_is_rolled_back_can_still_be_blacklisted(alice):
    with transaction.atomic():
        with suppress(RuntimeError), transaction.atomic():
            undone = RefreshToken.for_user(alice)
            raise RuntimeError
        kept = RefreshToken.for_user(alice)

    undone.blacklist()

    assert [is_dead(token, alice) for token in (undone, kept)] == [True, False]


def test_in_one_transaction_what_was_minted_before_the_revocation_dies_and_after_it_lives(alice):
    with transaction.atomic():
        before = RefreshToken.for_user(alice)
        revocation.revoke_user(alice, reason="logout")
        after = RefreshToken.for_user(alice)

    assert [is_dead(token, alice) for token in (before, after)] == [True, False]


def test_a_revocation_in_a_savepoint_that_is_rolled_back_lists_nothing(client, alice):
    pair = people.tokens(client, alice)

    with transaction.atomic():
        with suppress(RuntimeError), transaction.atomic():
            revocation.revoke_user(alice, reason="admin")
            raise RuntimeError
        type(alice).objects.get(pk=alice.pk).save()

    assert not BlacklistedToken.objects.exists()
    assert_alive(client, pair)


def test_a_blacklisting_that_is_rolled_back_lists_nothing(client, alice):
    pair = people.tokens(client, alice)

    with suppress(RuntimeError), transaction.atomic():
        RefreshToken(pair["refresh"]).blacklist()
        raise RuntimeError

    assert_alive(client, pair)


@pytest.mark.parametrize("fails", [False, True])
def test_in_a_request_that_fails_nothing_is_put_on_record(alice, atomic_requests, fails):
    MintsAndFails.minted.clear()
    name = str(getattr(alice, user_id_field().attname))

    answer = APIClient(raise_request_exception=False).post(
        "/api/minting/", {"user": name, "fails": fails}
    )

    [token] = MintsAndFails.minted
    assert (answer.status_code == 500) is fails
    assert OutstandingToken.objects.filter(jti=token["jti"]).exists() is not fails


def test_under_atomic_requests_what_is_refused_is_listed_by_the_next_verification(
    client, alice, atomic_requests
):
    pair = people.tokens(client, alice)
    type(alice).objects.filter(pk=alice.pk).update(password=make_password("another horse"))

    assert people.ask(client, pair["access"]).status_code == 401
    assert not BlacklistedToken.objects.exists()
    assert people.verify(client, pair["access"]).status_code == 401

    assert is_listed(AccessToken(pair["access"]))
    assert_revoked(client, pair)


def test_under_atomic_requests_good_tokens_pass(client, alice, atomic_requests):
    pair = people.tokens(client, alice)

    assert_alive(client, pair)


@on_postgresql
def test_a_revocation_with_an_old_snapshot_kills_by_the_version_what_it_does_not_see(client, alice):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        type(alice).objects.get(pk=alice.pk)
        unseen = Thread(lambda: people.tokens(APIClient(), alice)).result()
        revocation.revoke_user(alice, reason="admin")

    assert_revoked(client, unseen)
    assert_alive(client, people.tokens(client, alice))


@on_postgresql
def test_a_mint_with_an_old_snapshot_that_meets_a_revocation_yields_no_token(alice):
    with pytest.raises(OperationalError, match="concurrent update"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        type(alice).objects.get(pk=alice.pk)
        Thread(lambda: revocation.revoke_user(alice, reason="admin")).result()
        RefreshToken.for_user(alice)

    assert not OutstandingToken.objects.exists()
    assert not is_dead(RefreshToken.for_user(alice), alice)
