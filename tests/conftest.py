from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.models.signals import post_migrate
import pytest
from rest_framework.test import APIClient

from tests.support import people
from tests.support.clock import NOON, stopped
from tests.support.hashers import QuickHasher
from tests.support.secret_keys import NEW, OLD
from tests.support.simplejwt import changing_simplejwt
from tests.support.strategies import BLACKLIST


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Spare each test, which empties all tables behind it, what takes longer than the test.

    Permissions are not made anew: those tests that ask for one call `admin_pages.allow`. And
    PostgreSQL deletes the few rows there are instead of truncating each table.
    """
    assert post_migrate.disconnect(
        dispatch_uid=f"{create_permissions.__module__}.{create_permissions.__name__}"
    )
    assert post_migrate.disconnect(create_contenttypes)
    post_migrate.connect(_forget_content_types)
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = _delete_all


def _forget_content_types(**kwargs):
    ContentType.objects.clear_cache()


def _delete_all(style, tables, **kwargs):
    # Foreign keys are looked at when the transaction of the flush commits.
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]


@pytest.fixture
def client():
    return APIClient()


@pytest.fixture
def alice(db):
    return people.make("alice")


@pytest.fixture
def bob(db):
    return people.make("bob")


@pytest.fixture
def process(settings):
    """Let a test go on as a process with another ``SECRET_KEY``."""

    def process(key, *fallbacks):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(fallbacks)

    return process


@pytest.fixture
def bob_of_new(process):
    """A user whom a process with the new key has recorded, and an old one does not know."""
    process(OLD)
    people.make("alice")
    process(NEW, OLD)
    return people.make("bob")


@pytest.fixture
def simplejwt_settings():
    """Let a test set simplejwt's settings, for its own modules as well."""
    with changing_simplejwt() as both:
        yield both


@pytest.fixture
def clock(db):
    """Stop the clock at noon; a test may move it."""
    with stopped(NOON) as clock:
        yield clock


@pytest.fixture
def phone(client, alice):
    """Return the pair of one login of Alice's."""
    return people.tokens(client, alice)


@pytest.fixture
def laptop(client, alice):
    """Return the pair of another login of Alice's."""
    return people.tokens(client, alice)


@pytest.fixture
def rotating(simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True


@pytest.fixture
def blacklist_active(settings):
    """Let the blacklist strategy be active, beside that of versions."""
    settings.JWT_INVALIDATION = {"STRATEGIES": [BLACKLIST]}


@pytest.fixture
def atomic_requests():
    """Let each request be one transaction."""
    for each in connections.all():
        each.settings_dict["ATOMIC_REQUESTS"] = True
    yield
    for each in connections.all():
        each.settings_dict["ATOMIC_REQUESTS"] = False


@pytest.fixture
def upgraded(monkeypatch):
    """Raise the work factor: whoever logs in from now on gets a new hash."""

    def upgrade(iterations=2_000):
        monkeypatch.setattr(QuickHasher, "iterations", iterations)

    return upgrade
