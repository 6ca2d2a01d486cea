import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import DEFAULTS, api_settings

from tests import people


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
def simplejwt_settings():
    """Let a test set simplejwt's settings on the object that simplejwt's own modules hold."""
    before = {name: getattr(api_settings, name) for name in DEFAULTS}
    yield api_settings
    for name, value in before.items():
        setattr(api_settings, name, value)
