"""Every combination of strategies, in every order: a token passes if all of them let it pass."""

from itertools import combinations, count, permutations

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.gate.lookup import find_user
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.strategies.active import active_strategies
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import people, tenants
from tests.support.strategies import BLACKLIST, EXPIRY, HAS_BLACKLIST, VERSION

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.with_blacklist]


class BotRefused(TokenRevoked):
    default_code = "bot_refused"


class NoBots(Strategy):
    """A project's own that reads the token, with a code of its own."""

    def check(self, token, user):
        if token.get("bot"):
            raise BotRefused()


class NoStaff(Strategy):
    """A project's own that reads the user."""

    def check(self, token, user):
        if user.is_staff:
            raise TokenRevoked()


TENANT = "tenants.strategies.TenantSuspended"
BOTS, STAFF = f"{__name__}.NoBots", f"{__name__}.NoStaff"
EVERY = [VERSION, *[BLACKLIST] * HAS_BLACKLIST, EXPIRY, TENANT, BOTS, STAFF]
SHIPPED = [path for path in EVERY if path.startswith("jwt_invalidation.")]
ORDERS = [list(order) for size in range(len(EVERY) + 1) for order in permutations(EVERY, size)]

orders = st.sampled_from(ORDERS)
objections = st.sets(st.sampled_from(EVERY))
numbers = count()
bounded = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def subsets(paths):
    return [list(each) for size in range(len(paths) + 1) for each in combinations(paths, size)]


def names(paths):
    return "+".join(path.rpartition(".")[2] for path in paths) or "nothing"


@pytest.fixture(autouse=True)
def tenant_tables(transactional_db):
    with tenants.tables():
        yield


def listing(order):
    return override_settings(JWT_INVALIDATION={"STRATEGIES": order})


def active(order):
    return order if VERSION in order else [VERSION, *order]


def token_with(objected, token_class):
    """Return a user and a token of hers to which exactly these strategies object."""
    user = people.make(f"user{next(numbers)}", is_staff=STAFF in objected)
    tenant = tenants.Tenant.objects.create(is_suspended=TENANT in objected)
    tenants.Membership.objects.create(user=user, tenant=tenant)
    token = token_class.for_user(user)
    token["bot"] = BOTS in objected
    if VERSION in objected:
        token.payload["token_version"] += 1
    if EXPIRY in objected:
        token["exp"] = token["iat"] + 601
    if BLACKLIST in objected:
        record, _ = OutstandingToken.objects.get_or_create(
            jti=token["jti"], defaults={"user": user, "expires_at": timezone.now()}
        )
        BlacklistedToken.objects.create(token=record)
    return user, token


def code_of(objected, order):
    """Return the code of the first that objects; nothing if none does."""
    first = next((path for path in active(order) if path in objected), None)
    if first is None:
        return None
    return "bot_refused" if first == BOTS else "token_revoked"


def code_in(answer):
    assert answer.status_code in (200, 401), answer.content
    return answer.json()["code"] if answer.status_code == 401 else None


def accepts(path, user, token):
    """Return whether a strategy, listed alone, lets the token pass by its own check."""
    with listing([path]):
        (strategy,) = [each for each in active_strategies() if dotted(each) == path]
        try:
            strategy.check(token, find_user(user.pk, token.payload, using="default"))
        except TokenRevoked:
            return False
        return True


def dotted(strategy):
    return f"{type(strategy).__module__}.{type(strategy).__qualname__}"


@pytest.mark.parametrize("objected", subsets(SHIPPED), ids=names)
def test_of_those_shipped_no_combination_lets_in_what_one_of_them_refuses(client, objected):
    _, token = token_with(objected, AccessToken)

    answers = {}
    for listed in subsets(SHIPPED):
        with listing(listed):
            answers[names(listed)] = people.ask(client, token).status_code

    assert answers == {
        names(listed): 401 if {*active(listed)} & {*objected} else 200
        for listed in subsets(SHIPPED)
    }


@bounded
@given(order=orders, objected=objections)
def test_an_access_token_passes_if_each_active_strategy_accepts_it_by_its_own_check(
    order, objected
):
    user, token = token_with(objected, AccessToken)

    with listing(order):
        answer = people.ask(APIClient(), token)

    accepted = {path: accepts(path, user, token) for path in EVERY}
    assert accepted == {path: path not in objected for path in EVERY}
    assert (answer.status_code == 200) == all(accepted[path] for path in active(order))
    assert code_in(answer) == code_of(objected, order)


@bounded
@given(order=orders, objected=objections)
def test_a_refresh_token_passes_if_each_active_strategy_accepts_it_however_long_it_lives(
    order, objected
):
    _, token = token_with(objected, RefreshToken)

    with listing(order):
        verified = people.verify(APIClient(), str(token))
        refreshed = people.refresh(APIClient(), str(token))

    expected = code_of(objected - {EXPIRY}, order)
    if BLACKLIST in objected and BLACKLIST not in order:
        # simplejwt looks at its blacklist itself, and first.
        expected = "token_not_valid"
    assert [code_in(verified), code_in(refreshed)] == [expected, expected]


@bounded
@given(order=orders)
def test_however_many_there_are_they_share_the_one_query(order):
    _, token = token_with(set(), AccessToken)

    with listing(order), CaptureQueriesContext(connection) as queries:
        answer = people.ask(APIClient(), token)

    assert answer.status_code == 200
    assert len(queries) == 1


@pytest.mark.parametrize("order", [[TENANT], [VERSION, TENANT], [TENANT, EXPIRY]], ids=str)
def test_tokens_of_a_suspended_tenant_are_dead_until_it_is_no_more(client, alice, bob, order):
    tenant = tenants.Tenant.objects.create()
    tenants.Membership.objects.create(user=alice, tenant=tenant)
    hers, his = AccessToken.for_user(alice), AccessToken.for_user(bob)

    with listing(order):
        before = code_in(people.ask(client, hers))
        tenants.Tenant.objects.update(is_suspended=True)
        meanwhile = [code_in(people.ask(client, token)) for token in (hers, his)]
        tenants.Tenant.objects.update(is_suspended=False)
        after = code_in(people.ask(client, hers))

    assert (before, meanwhile, after) == (None, ["token_revoked", None], None)
