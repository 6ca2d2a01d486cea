"""On simplejwt's own lists: what it wrote there before, and writes beside us, keeps its meaning."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.tokens import RefreshToken, SlidingToken
from tests.support import forge, legacy, people
from tests.support.blacklists import flush, is_dead, is_listed, on_record, under_blacklist
from tests.support.clock import NOON
from tests.support.legacy import begin_installation
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.strategies import BLACKLIST

pytestmark = [
    *under_blacklist,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

MONTH = timedelta(days=30)


@pytest.fixture
def leeway(monkeypatch):
    monkeypatch.setattr(token_backend, "leeway", 60)


def before(mint, *args):
    """Return what ``mint`` mints on a site that has no more than simplejwt, a minute ago."""
    with time_machine.travel(NOON - timedelta(minutes=1), tick=False):
        minted = mint(*args)
    legacy.forget_everybody()
    return minted


def texts():
    return set(OutstandingToken.objects.values_list("token", flat=True))


def test_what_simplejwt_blacklisted_stays_dead_and_the_rest_lives(client, alice):
    listed, other = before(legacy.pair_of, alice), before(legacy.pair_of, alice)
    simplejwt.RefreshToken(listed["refresh"]).blacklist()

    for refused in (
        people.refresh(client, listed["refresh"]),
        people.verify(client, listed["refresh"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "token_revoked")
    # simplejwt never knew of access tokens.
    assert people.ask(client, listed["access"]).status_code == 200
    assert_alive(client, other)


def test_a_sliding_token_that_simplejwt_blacklisted_stays_dead(client, alice, simplejwt_settings):
    listed, other = before(legacy.sliding_of, alice), before(legacy.sliding_of, alice)
    simplejwt.SlidingToken(listed).blacklist()
    simplejwt_settings.AUTH_TOKEN_CLASSES = (SlidingToken,)

    answers = [people.ask(client, token).status_code for token in (listed, other)]
    renewals = [people.renew(client, token).status_code for token in (listed, other)]

    assert answers == renewals == [401, 200]


def test_the_first_revocation_lists_what_simplejwt_recorded_and_leaves_its_text(client, alice, bob):
    hers, his = before(legacy.pair_of, alice), before(legacy.pair_of, bob)
    assert texts() == {hers["refresh"], his["refresh"]}

    revocation.revoke_user(alice, reason="admin")

    assert is_dead(RefreshToken(hers["refresh"]), alice)
    assert_revoked(client, hers)
    assert_alive(client, his)
    # A look at each of his tokens has made him another.
    assert {hers["refresh"], his["refresh"]} <= texts() <= {hers["refresh"], his["refresh"], ""}


def test_what_is_made_of_an_old_refresh_token_is_on_record_and_dies_with_it(client, alice):
    hers = before(legacy.pair_of, alice)
    child = people.refresh(client, hers["refresh"]).json()["access"]
    assert on_record(forge.read(child)).token == ""
    assert people.ask(client, child).status_code == 200

    revocation.revoke_user(alice, reason="admin")

    assert is_listed(forge.read(child))
    assert is_listed(forge.read(hers["refresh"]))


def test_simplejwts_own_classes_see_what_we_list(client, alice):
    listed, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)
    listed.blacklist()

    with pytest.raises(TokenError, match="blacklisted"):
        simplejwt.RefreshToken(str(listed))

    assert simplejwt.RefreshToken(str(other)).payload == other.payload


def test_code_that_mints_with_simplejwts_own_classes_has_its_refresh_tokens_listed(client, alice):
    beside = before(legacy.pair_of, alice)
    ours = RefreshToken.for_user(alice)

    revocation.revoke_user(alice, reason="admin")

    assert is_dead(RefreshToken(beside["refresh"]), alice)
    assert is_dead(ours, alice)
    assert_revoked(client, beside)


def test_tokens_from_under_the_version_alone_live_on_and_are_listed_at_a_revocation(
    client, alice, settings
):
    settings.JWT_INVALIDATION = {}
    pair = people.tokens(client, alice)
    assert on_record(forge.read(pair["refresh"])).token != ""

    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}
    assert_alive(client, pair)
    revocation.revoke_user(alice, reason="admin")

    assert is_dead(RefreshToken(pair["refresh"]), alice)
    assert_revoked(client, pair)


def test_a_listed_refresh_token_stays_dead_when_the_strategy_is_taken_out_again(
    client, alice, settings
):
    listed, other = people.tokens(client, alice), people.tokens(client, alice)
    RefreshToken(listed["refresh"]).blacklist()

    settings.JWT_INVALIDATION = {}

    assert people.refresh(client, listed["refresh"]).status_code == 401
    assert people.verify(client, listed["refresh"]).status_code == 401
    assert_alive(client, other)


def remembered_by_simplejwt(user):
    """Mint a token that outlives its record: the lifetime was set after ``for_user``."""
    begin_installation()
    token = simplejwt.RefreshToken.for_user(user)
    token.set_exp(lifetime=MONTH)
    return str(token)


def test_a_logout_of_a_token_that_outlives_simplejwts_record_is_for_good(client, alice, clock):
    listed, other = (before(remembered_by_simplejwt, alice) for _ in range(2))
    RefreshToken(listed).blacklist()

    clock.move_to(NOON + timedelta(days=2))
    flush()

    assert people.refresh(client, listed).status_code == 401
    assert people.refresh(client, other).status_code == 200


def test_a_rotation_of_a_token_that_outlives_simplejwts_record_is_for_good(
    client, alice, clock, simplejwt_settings
):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    predecessor = before(remembered_by_simplejwt, alice)
    people.refresh(client, predecessor)
    assert people.refresh(client, predecessor).status_code == 401

    clock.move_to(NOON + timedelta(days=2))
    flush()

    assert people.refresh(client, predecessor).status_code == 401


def test_a_logout_is_good_for_the_leeway_that_simplejwts_record_leaves_out(
    client, alice, clock, leeway
):
    listed, other = (before(legacy.pair_of, alice)["refresh"] for _ in range(2))
    RefreshToken(listed).blacklist()

    clock.move_to(datetime.fromtimestamp(forge.read(listed)["exp"], UTC))
    flush()

    assert people.refresh(client, listed).status_code == 401
    assert people.refresh(client, other).status_code == 200


def test_an_old_sliding_token_that_is_renewed_keeps_its_entry_until_its_new_expiry(
    client, alice, clock
):
    old = before(legacy.sliding_of, alice)
    renewed = people.renew(client, old).json()["token"]
    revocation.revoke_user(alice, reason="admin")

    clock.move_to(NOON + timedelta(minutes=4, seconds=59))
    flush()

    token = SlidingToken(renewed)
    assert on_record(token).expires_at == NOON + timedelta(minutes=5)
    assert is_dead(token, alice)


def test_what_simplejwt_has_on_record_as_expired_dies_of_its_version(client, alice, clock):
    """A sliding token that simplejwt renewed is alive, though its record says that it expired."""
    token = simplejwt.SlidingToken(before(legacy.sliding_of, alice))
    token.set_exp()
    clock.move_to(NOON + timedelta(minutes=4, seconds=30))
    assert on_record(token).expires_at < datetime.now(UTC)

    assert people.verify(client, str(token)).status_code == 200
    revocation.revoke_user(alice, reason="admin")

    assert people.verify(client, str(token)).json()["code"] == "token_revoked"
