"""Ways to delete many users at once, and what was told of it."""

from contextlib import contextmanager
from functools import cache

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext, isolate_apps

from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.signals import tokens_revoked
from jwt_invalidation.strategies import Strategy
from tests.support.gates import receiving

RECORDING = "tests.support.deleting.Recording"


class Recording(Strategy):
    """Keeps the keys of the users that it is told to revoke."""

    told = []

    def revoke_users(self, user_ids, revocation):
        self.told.extend(user_ids)


def by_queryset(users):
    found(users).delete()


def through_a_proxy(users):
    proxy()._base_manager.filter(pk__in=[user.pk for user in users]).delete()


@cache
def proxy():
    """Return a proxy of the user model that was defined after Django started."""
    label = get_user_model()._meta.app_label
    with isolate_apps(get_user_model()._meta.app_config.name):

        class Latecomer(get_user_model()):
            class Meta:
                proxy = True
                app_label = label

        return Latecomer


def one_by_one(users):
    """Delete the instances, each a deletion of its own."""
    for user in users:
        found([user]).get().delete()


def by_a_subquery(users):
    """Delete what a queryset finds that would find nothing if it were asked again."""
    model = get_user_model()
    keys = found(users).order_by("-pk").values("pk")
    model._base_manager.filter(pk__in=keys).distinct().order_by("pk").delete()


def as_the_admin_does(users):
    model_admin = admin.ModelAdmin(get_user_model(), admin.AdminSite())
    model_admin.get_deleted_objects(found(users), request_of_nobody())
    model_admin.delete_queryset(None, found(users))


def request_of_nobody():
    class Nobody:
        def has_perm(self, perm):
            return False

    return type("Request", (), {"user": Nobody()})()


def found(users):
    return get_user_model()._base_manager.filter(pk__in=[user.pk for user in users])


def versions_of(users):
    keys = [user.pk for user in users]
    return dict(TokenState.objects.filter(user__in=keys).values_list("user", "token_version"))


def recorded():
    """Return the version of each user that the log says was deleted; fail if one is there twice."""
    entries = list(Revocation.objects.filter(reason="deleted").values_list("subject_id", "version"))
    assert len(entries) == len(dict(entries))
    return dict(entries)


@contextmanager
def announced():
    """Yield a list of the keys of the users whose deletion ``tokens_revoked`` announces."""
    keys = []

    def hear(user_ids, reason, **kwargs):
        assert reason == "deleted"
        keys.extend(user_ids)

    with receiving(tokens_revoked, hear):
        yield keys


def our_statements(call):
    """Return how many statements on our tables ``call`` sends."""
    with CaptureQueriesContext(connection) as queries:
        call()
    return len([each for each in queries if "jwt_invalidation_" in each["sql"]])
