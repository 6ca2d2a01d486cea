"""A project's own strategy: asked with the others, told of each event, reading by one query."""

from django.db import connection
from django.db.models import Case, TextField, Value, When
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.strategies import Claim, Strategy
from jwt_invalidation.strategies.active import active_strategies
from jwt_invalidation.strategies.version import VersionStrategy
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.own_strategies import StaffSuspended
from tests.support.pairs import assert_alive, assert_dead, assert_revoked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_user_model,
    pytest.mark.with_blacklist,
]


class BoundToNote(Strategy):
    """Compares a claim within the statement."""

    columns = {
        "note": Case(
            When(is_staff=False, then=Cast(Claim("note"), TextField())),
            default=Value(""),
            output_field=TextField(),
        ),
    }

    def stamp(self, token, user):
        token["note"] = "right"

    def check(self, token, user):
        if user.note != "right":
            raise TokenRevoked()


class Recording(Strategy):
    """Writes down what it is told."""

    told = []

    def stamp(self, token, user):
        self.told.append(("stamp", token.token_type))

    def inherit(self, child, parent):
        self.told.append(("inherit", child.token_type, parent["jti"], child["jti"]))

    def expiry_changed(self, token):
        self.told.append(("expiry_changed", token.token_type))

    def revoke_users(self, user_ids, revocation):
        self.told.append(("revoke_users", list(user_ids), revocation.reason))

    def revoke_everyone(self, revocation):
        self.told.append(("revoke_everyone", revocation.reason))


@pytest.fixture
def activate(settings):
    def put(*classes):
        paths = [f"{each.__module__}.{each.__qualname__}" for each in classes]
        settings.JWT_INVALIDATION = {"STRATEGIES": paths}

    return put


def test_the_version_strategy_is_always_active_and_the_first(activate):
    activate(StaffSuspended)

    assert [type(each) for each in active_strategies()] == [VersionStrategy, StaffSuspended]


def test_the_version_strategy_is_active_once_where_the_settings_name_it(activate):
    activate(StaffSuspended, VersionStrategy)

    assert [type(each) for each in active_strategies()] == [StaffSuspended, VersionStrategy]


def test_a_token_dies_if_any_strategy_says_so_and_lives_again_if_the_reason_ends(
    client, alice, bob, activate
):
    activate(StaffSuspended)
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    alice.is_staff = True
    alice.save()
    assert_dead(client, hers, code="token_revoked")
    assert_alive(client, his)

    alice.is_staff = False
    alice.save()
    assert_alive(client, hers)
    revocation.revoke_user(alice, reason="admin")
    assert_revoked(client, hers)


def test_all_strategies_share_the_one_query(client, alice, activate):
    activate(StaffSuspended, BoundToNote)
    hers = people.tokens(client, alice)

    with CaptureQueriesContext(connection) as queries:
        assert people.ask(client, hers["access"]).status_code == 200

    assert len(queries) == 1


@pytest.mark.parametrize("note", ["wrong", None, 7, ["right"], {"right": 1}, "right\x00", "", 1e3])
def test_a_claim_in_a_column_is_bound_anew_for_each_token(client, alice, activate, note):
    activate(BoundToNote)
    right, wrong = AccessToken.for_user(alice), AccessToken.for_user(alice)
    wrong["note"] = note

    assert people.ask(client, str(right)).status_code == 200
    assert people.ask(client, str(wrong)).json()["code"] == "token_revoked"
    assert people.ask(client, str(right)).status_code == 200


def test_a_strategy_is_told_of_each_event(alice, activate):
    Recording.told = told = []
    activate(Recording)

    refresh = RefreshToken.for_user(alice)
    access = refresh.access_token
    successor = refresh.rotate()
    sliding = SlidingToken.for_user(alice)
    sliding.set_exp()
    revocation.revoke_user(alice, reason="admin")
    revocation.revoke_everyone(reason="other")
    alice.set_password("another horse")
    alice.save()
    key = alice.pk
    alice.delete()

    assert told == [
        ("stamp", "refresh"),
        ("inherit", "access", refresh["jti"], access["jti"]),
        ("inherit", "refresh", refresh["jti"], successor["jti"]),
        ("stamp", "sliding"),
        ("expiry_changed", "sliding"),
        ("revoke_users", [key], "admin"),
        ("revoke_everyone", "other"),
        ("revoke_users", [key], "password_changed"),
        ("revoke_users", [key], "deleted"),
    ]


def test_a_strategy_that_fails_undoes_the_revocation(client, alice, activate):
    class Failing(Strategy):
        def revoke_users(self, user_ids, revocation):
            raise RuntimeError

    globals()["Failing"] = Failing
    Failing.__qualname__ = "Failing"
    hers = people.tokens(client, alice)
    activate(Failing)

    with pytest.raises(RuntimeError):
        revocation.revoke_user(alice, reason="admin")

    assert_alive(client, hers)
