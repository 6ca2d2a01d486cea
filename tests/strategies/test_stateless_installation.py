"""The stateless class and tokens without our claims: each process reads the installation once."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.tokens import AccessToken
from tests.support import legacy
from tests.support.clock import NOON
from tests.support.endpoints import assert_refused
from tests.support.legacy import end_installation
from tests.support.outages import assert_unavailable, database_down
from tests.support.stateless import browse, browse_without_queries

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.settings.urls_with_stateless"),
    pytest.mark.usefixtures("short_tokens", "clock"),
]

NOW = int(NOON.timestamp())


def test_an_old_token_is_let_in_and_only_the_first_asks_when_that_was(alice):
    old = legacy.pair_of(alice)["access"]
    end_installation(NOW)

    with CaptureQueriesContext(connection) as queries:
        assert browse(old).status_code == 200

    assert len(queries) == 1
    assert browse_without_queries(old).status_code == 200


def test_before_this_app_has_stamped_a_token_none_is_later(alice):
    old = legacy.pair_of(alice)["access"]

    assert browse(old).status_code == 200
    assert browse_without_queries(old).status_code == 200


def test_a_later_token_is_refused_and_one_of_this_app_is_not(alice):
    later = legacy.pair_of(alice)["access"]
    ours = str(AccessToken.for_user(alice))
    end_installation(NOW - 1)

    assert browse_without_queries(ours).status_code == 200
    assert_refused(browse(later), "token_revoked")
    assert_refused(browse_without_queries(later), "token_revoked")


def test_while_the_installation_cannot_be_read_old_tokens_get_a_503_and_no_others(alice):
    old = legacy.pair_of(alice)["access"]
    ours = str(AccessToken.for_user(alice))
    end_installation(NOW)

    with database_down():
        assert_unavailable(browse(old))
        assert browse(ours).status_code == 200

    assert browse(old).status_code == 200
    with database_down():
        assert browse(old).status_code == 200
