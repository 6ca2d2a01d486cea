"""A refresh token that was rotated before ends its session, wherever it comes in, and says so once."""

import pytest
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.exceptions import TokenError

from jwt_invalidation import gate
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.signals import refresh_token_reused, session_ended
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.blacklists import blacklist
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import successor_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.with_blacklist,
]


def at_refresh(client, raw):
    assert people.refresh(client, raw).json()["code"] == "token_revoked"


def at_verify(client, raw):
    assert people.verify(client, raw).json()["code"] == "token_revoked"


def at_blacklist(client, raw):
    answer = blacklist(client, raw)
    assert answer.json()["code"] == "token_revoked"


def at_the_gate(client, raw):
    with pytest.raises(APIException, match="revoked"):
        gate.admit(RefreshToken(raw))


def at_the_gate_of_refreshing(client, raw):
    with pytest.raises(APIException, match="revoked"):
        gate.admit_to_refresh(RefreshToken(raw))


def in_rotation_without_the_gate(client, raw):
    with pytest.raises(APIException, match="revoked"):
        RefreshToken(raw).rotate()


def in_code_that_rotates_by_itself(client, raw):
    with pytest.raises((APIException, TokenError), match="revoked"):
        RefreshToken(raw).set_jti()


@pytest.fixture(
    params=[
        at_refresh,
        at_verify,
        at_blacklist,
        at_the_gate,
        at_the_gate_of_refreshing,
        in_rotation_without_the_gate,
        in_code_that_rotates_by_itself,
    ],
    ids=lambda show: show.__name__,
)
def show(request):
    return request.param


@pytest.fixture
def generations(client, alice, rotating):
    """Three refresh tokens of one session, the oldest first."""
    pairs = [people.tokens(client, alice)]
    for _ in range(2):
        pairs.append(successor_of(client, pairs[-1]))
    return pairs


def test_a_replayed_refresh_token_ends_its_session_and_no_other_and_says_so_once(
    client, alice, generations, show
):
    laptop = people.tokens(client, alice)
    told = []
    oldest, _, newest = generations

    with (
        receiving(refresh_token_reused, lambda **kwargs: told.append("reused")),
        receiving(session_ended, lambda **kwargs: told.append("ended")),
    ):
        show(client, oldest["refresh"])
        show(client, oldest["refresh"])

    assert told == ["ended", "reused"]
    assert [each.reason for each in Revocation.objects.all()] == ["refresh_reuse"]
    assert_revoked(client, newest)
    assert_alive(client, laptop)


def test_the_current_refresh_token_and_its_predecessor_in_the_grace_end_nothing(
    client, generations, show
):
    if show is at_blacklist:
        pytest.skip("To blacklist a token is to end it.")
    _, predecessor, newest = generations
    harmless = {
        at_refresh: lambda raw: people.refresh(client, raw),
        at_verify: lambda raw: people.verify(client, raw),
        at_the_gate: lambda raw: gate.admit(RefreshToken(raw)),
        at_the_gate_of_refreshing: lambda raw: gate.admit_to_refresh(RefreshToken(raw)),
        in_rotation_without_the_gate: lambda raw: RefreshToken(raw).rotate(),
        in_code_that_rotates_by_itself: lambda raw: RefreshToken(raw).set_jti(),
    }

    harmless[show](predecessor["refresh"])
    harmless[show](newest["refresh"])

    assert TokenSession.objects.get().ended_at is None
