"""A project whose users belong to tenants, and its strategy as docs/strategies.rst shows it."""

from contextlib import contextmanager
import sys
from types import ModuleType

from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.db import connection, models

from tests.support.blocks import Page

# Of its own: to the registry of the site, users would have memberships in every test.
registry = Apps()
registry.register_model(get_user_model()._meta.app_label, get_user_model())


class Tenant(models.Model):
    is_suspended = models.BooleanField(default=False)

    class Meta:
        app_label = "tenants"
        apps = registry


class Membership(models.Model):
    user = models.ForeignKey(get_user_model(), models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")

    class Meta:
        app_label = "tenants"
        apps = registry


def _install():
    """Make ``tenants.models`` and ``tenants.strategies`` what an import finds."""
    tenants, models_, strategies = (
        ModuleType(name) for name in ("tenants", "tenants.models", "tenants.strategies")
    )
    models_.Membership = Membership
    for module in (tenants, models_, strategies):
        sys.modules[module.__name__] = module
    Page("docs/strategies.rst").run("class TenantSuspended", vars(strategies))


_install()


@contextmanager
def tables():
    """Make the tables of tenants; not within a transaction."""
    with connection.schema_editor() as editor:
        editor.create_model(Tenant)
        editor.create_model(Membership)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Membership)
            editor.delete_model(Tenant)
