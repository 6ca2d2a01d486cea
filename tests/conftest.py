import pytest
from rest_framework.test import APIClient

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
