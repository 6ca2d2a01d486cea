import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import DEFAULTS, api_settings

from jwt_invalidation.conf import conf
from tests import people
from tests.hashers import QuickHasher


@pytest.fixture
def client():
    return APIClient()


@pytest.fixture
def alice(db):
    return people.make("alice")


@pytest.fixture
def bob(db):
    return people.make("bob")


class BothSettings:
    """simplejwt's settings: the object that its modules hold, and the one put in its place since."""

    def __setattr__(self, name, value):
        for each in (api_settings, conf.simplejwt):
            setattr(each, name, value)


@pytest.fixture
def simplejwt_settings():
    """Let a test set simplejwt's settings, for its own modules as well."""
    before = {name: getattr(api_settings, name) for name in DEFAULTS}
    both = BothSettings()
    yield both
    for name, value in before.items():
        setattr(both, name, value)


@pytest.fixture
def upgraded(monkeypatch):
    """Raise the work factor: whoever logs in from now on gets a new hash."""

    def upgrade(iterations=2_000):
        monkeypatch.setattr(QuickHasher, "iterations", iterations)

    return upgrade
