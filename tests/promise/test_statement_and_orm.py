"""The compiled statement answers what Django's ORM answers to the same query, on every user model."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from jwt_invalidation import revocation, sessions
from jwt_invalidation.db.compiled_query import claims_bound
from jwt_invalidation.gate import lookup
from jwt_invalidation.strategies.active import active_strategies
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import legacy, people

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

# Not what the database computes anew each time.
MOMENTARY = {"database_now"}


@pytest.fixture
def tokens(alice, bob):
    """Return tokens in all states: live, ended, revoked by itself, from before; of two users."""
    live, ended, revoked = (RefreshToken.for_user(alice) for _ in range(3))
    sessions.end_session(ended["sid"], reason="logout")
    single = revoked.access_token
    revocation.revoke_token(single, reason="other")
    legacy.begin_installation()
    return [live, live.access_token, ended, single, RefreshToken.for_user(bob), AccessToken()]


def by_orm(user_id, claims):
    """Return the user as the ORM gives it, whose statement is built for this very call."""
    name = lookup.user_id_field().name
    with claims_bound(claims):
        return lookup._annotated(lookup._manager().all()).get(**{name: user_id})


def values_of(user):
    names = [field.attname for field in user._meta.concrete_fields]
    names += [name for name in vars(user) if name in lookup.columns() or "state_" in name]
    return {name: getattr(user, name) for name in names if name not in MOMENTARY}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_user_and_columns_are_those_of_the_orm(alice, bob, tokens, data):
    user = data.draw(st.sampled_from([alice, bob]))
    claims = dict(data.draw(st.sampled_from(tokens)).payload)
    for name in data.draw(st.sets(st.sampled_from(["sid", "jti", "token_version"]))):
        claims[name] = data.draw(
            st.none() | st.integers() | st.text(max_size=40) | st.sampled_from(tokens).map(str)
        )
    user_id = getattr(user, lookup.user_id_field().attname)

    compiled = lookup.statement(lookup._manager(), "default").find_user(user_id, claims)

    assert type(compiled) is type(by_orm(user_id, claims))
    assert values_of(compiled) == values_of(by_orm(user_id, claims))
    # Each strategy reads its columns from it.
    for strategy in active_strategies():
        for column in strategy.columns:
            assert column == "named_session" or hasattr(compiled, column)


def test_a_user_that_is_not_there_is_found_by_neither(alice, tokens):
    user_id = getattr(alice, lookup.user_id_field().attname)
    alice.delete()

    for find in (lookup.statement(lookup._manager(), "default").find_user, by_orm):
        with pytest.raises(type(alice).DoesNotExist):
            find(user_id, dict(tokens[0].payload))
    assert people.make("carol").pk is not None
