"""``request.user`` is what simplejwt would give, whatever manager and querysets a project writes."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import UserManager
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.db.models.functions import Upper
from django.db.models.query import ModelIterable
from django.test.utils import CaptureQueriesContext
import pytest
from rest_framework_simplejwt import authentication as simplejwt

from jwt_invalidation import revocation
from jwt_invalidation.db.compiled_query import Plan
from jwt_invalidation.db.stock_managers import is_stock
from jwt_invalidation.exceptions import TokenRevoked, UserNotFound
from jwt_invalidation.gate import admit, lookup
from jwt_invalidation.reconciliation import reconcile
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import deleting
from tests.support.changes import set_password_and_save
from tests.support.plans import forget_plans
from tests.support.strategies import BLACKLIST, SESSION, needs_blacklist

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

NAME = get_user_model().USERNAME_FIELD
# Of stock users a one-to-one relation; of the others whatever they refer to.
RELATED = ["member"] if get_user_model()._meta.label == "auth.User" else []


class Joining(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related(*RELATED)


class Prefetching(models.Manager):
    def get_queryset(self):
        return super().get_queryset().prefetch_related("logentry_set")


class Annotating(models.Manager):
    def get_queryset(self):
        return super().get_queryset().annotate(loud_name=Upper(NAME))


class Partial(models.Manager):
    def get_queryset(self):
        return super().get_queryset().only("is_staff")


class GreetingIterable(ModelIterable):
    def __iter__(self):
        for user in super().__iter__():
            user.greeting = f"Hello {user.get_username()}"
            yield user


class Greeting(models.QuerySet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._iterable_class = GreetingIterable


class GreetingLater(models.QuerySet):
    def _fetch_all(self):
        super()._fetch_all()
        for user in self._result_cache:
            user.greeting = "Hello"


class GreetingInGet(models.QuerySet):
    def get(self, *args, **kwargs):
        user = super().get(*args, **kwargs)
        user.greeting = "Hello"
        return user


class GreetingManager(models.Manager):
    def get(self, *args, **kwargs):
        user = super().get(*args, **kwargs)
        user.greeting = "Hello"
        return user


class ProxyIterable(ModelIterable):
    """Makes instances of another class with a query of their own, as polymorphic models do."""

    def __iter__(self):
        for base in super().__iter__():
            user = deleting.proxy()._base_manager.using(self.queryset.db).get(pk=base.pk)
            for name in self.queryset.query.annotation_select:
                setattr(user, name, getattr(base, name))
            yield user


class Polymorphic(models.QuerySet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._iterable_class = ProxyIterable


class Soft(models.QuerySet):
    def delete(self):
        raise NotImplementedError

    def of_staff(self):
        return self.filter(is_staff=True)


class Helpful(models.Manager):
    def create_user(self, name):
        raise NotImplementedError


def objects_of(own):
    manager = own.as_manager() if issubclass(own, models.QuerySet) else own()
    manager.model, manager.name = get_user_model(), "objects"
    return manager


def look_of(user):
    """Return all that can be told of a user without a query, but for what the gate has read."""
    attributes = {
        name: value
        for name, value in vars(user).items()
        if name not in lookup.columns() and not name.startswith("_")
    }
    state = user._state
    prefetched = {
        name: list(rows.all())
        for name, rows in getattr(user, "_prefetched_objects_cache", {}).items()
    }
    return type(user), attributes, state.db, sorted(state.fields_cache), prefetched


OTHERS = [
    *(Joining, Prefetching, Annotating, Greeting, GreetingLater, GreetingInGet, Polymorphic),
    GreetingManager,
]
# Statements beside the gate's own one.
FURTHER = {Prefetching: 1, Polymorphic: 1}


@pytest.fixture
def managed(request, monkeypatch):
    monkeypatch.setattr(get_user_model(), "objects", objects_of(request.param))
    return request.param


every_manager = pytest.mark.parametrize("managed", OTHERS, indirect=True)


@every_manager
def test_the_user_is_what_simplejwt_gives(alice, managed):
    token = AccessToken.for_user(alice)

    ours = admit(token)

    assert look_of(ours) == look_of(simplejwt.JWTAuthentication().get_user(token))


@every_manager
def test_it_takes_one_statement_beside_those_of_the_manager(alice, managed):
    token = AccessToken.for_user(alice)

    with CaptureQueriesContext(connection) as queries:
        admit(token)

    assert len(queries) == 1 + FURTHER.get(managed, 0)


@every_manager
@pytest.mark.parametrize("strategy", [SESSION, pytest.param(BLACKLIST, marks=needs_blacklist)])
@pytest.mark.with_blacklist
def test_tokens_live_and_die_as_with_any_other(alice, bob, managed, strategy, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [strategy]}
    hers, his = (RefreshToken.for_user(user) for user in (alice, bob))
    assert (admit(hers).pk, admit(his.access_token).pk) == (alice.pk, bob.pk)

    revocation.revoke_user(alice, reason="admin")
    set_password_and_save(bob)

    for token in (hers, his):
        with pytest.raises(TokenRevoked):
            admit(token)
    assert admit(AccessToken.for_user(alice)).pk == alice.pk


@every_manager
def test_the_claims_of_one_token_are_not_kept_for_the_next(alice, managed, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [SESSION]}
    first, second = RefreshToken.for_user(alice), RefreshToken.for_user(alice)

    revocation.revoke_token(first, reason="admin")

    assert admit(second).pk == alice.pk
    with pytest.raises(TokenRevoked):
        admit(first)


@every_manager
def test_a_user_that_is_gone_is_not_found(alice, managed):
    token = AccessToken.for_user(alice)
    get_user_model()._base_manager.filter(pk=alice.pk).delete()

    with pytest.raises(UserNotFound):
        admit(token)


def test_a_manager_that_finds_two_users_means_nobody(alice, bob, monkeypatch):
    class Doubling(models.QuerySet):
        def get(self, *args, **kwargs):
            return super().get()

    token = AccessToken.for_user(alice)
    monkeypatch.setattr(get_user_model(), "objects", objects_of(Doubling))

    with pytest.raises(UserNotFound):
        admit(token)


def test_a_user_that_the_manager_has_cached_is_not_believed(alice, monkeypatch):
    class Caching(models.Manager):
        known = {}

        def get(self, **lookup):
            key = tuple(lookup.items())
            if key not in self.known:
                self.known[key] = super().get(**lookup)
            return self.known[key]

    token = AccessToken.for_user(alice)
    monkeypatch.setattr(get_user_model(), "objects", objects_of(Caching))
    assert admit(token).pk == alice.pk

    revocation.revoke_user(alice, reason="admin")

    with pytest.raises(ImproperlyConfigured, match=r"Caching\.get"):
        admit(token)


def test_a_password_that_the_manager_defers_is_read_with_the_state(alice, monkeypatch):
    token = AccessToken.for_user(alice)
    monkeypatch.setattr(get_user_model(), "objects", objects_of(Partial))

    assert "password" in vars(admit(token))


def test_what_a_manager_has_compiled_meanwhile_holds_no_claim(alice, bob, monkeypatch):
    class Reconciling(models.QuerySet):
        def get(self, *args, **kwargs):
            forget_plans()
            reconcile(bob.pk)
            return super().get(*args, **kwargs)

    token = AccessToken.for_user(alice)
    monkeypatch.setattr(get_user_model(), "objects", objects_of(Reconciling))

    assert admit(token).pk == alice.pk
    assert reconcile(alice.pk).pk == alice.pk
    assert reconcile(bob.pk).pk == bob.pk


@pytest.mark.parametrize("own", [models.Manager, UserManager, Soft, Helpful])
def test_a_manager_that_reads_as_djangos_own_has_its_statement_compiled_once(
    alice, monkeypatch, own
):
    monkeypatch.setattr(get_user_model(), "objects", objects_of(own))
    token = AccessToken.for_user(alice)
    built = []
    build = Plan.__init__
    monkeypatch.setattr(
        Plan, "__init__", lambda self, *args: (built.append(self), build(self, *args))[1]
    )
    forget_plans()

    users = [admit(token) for _ in range(3)]

    assert {user.pk for user in users} == {alice.pk}
    assert len(built) == 1


def test_the_user_models_here_have_managers_that_read_as_djangos_own():
    assert is_stock(type(get_user_model().objects))


@pytest.mark.parametrize("own", [*OTHERS, Partial])
def test_a_manager_that_may_read_otherwise_is_never_compiled(own):
    assert not is_stock(type(objects_of(own)))
