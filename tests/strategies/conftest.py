import pytest

from jwt_invalidation.tokens import AccessToken, SlidingToken
from tests.support.strategies import EXPIRY


@pytest.fixture
def switch(settings):
    """Return a function that makes these strategies the active ones."""

    def to(strategies):
        settings.JWT_INVALIDATION = {"STRATEGIES": strategies}

    return to


@pytest.fixture
def accepting_sliding_tokens(simplejwt_settings):
    simplejwt_settings.AUTH_TOKEN_CLASSES = (AccessToken, SlidingToken)


@pytest.fixture
def short_tokens(switch):
    switch([EXPIRY])
