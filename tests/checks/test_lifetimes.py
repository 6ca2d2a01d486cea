"""Lifetimes of sessions beside those of tokens."""

from datetime import timedelta

from django.core.checks import WARNING
import pytest

from jwt_invalidation.conf import SESSION_STRATEGY, VERSION_STRATEGY
from tests.support.checking import check_site

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def lifetimes_of_tokens(simple_jwt):
    simple_jwt(ACCESS_TOKEN_LIFETIME=15 * MINUTE, REFRESH_TOKEN_LIFETIME=30 * DAY)


@pytest.fixture
def declare(settings):
    def put(**keys):
        settings.JWT_INVALIDATION = {"SESSION_LIFETIME": 30 * DAY, **keys}
        return check_site()

    return put


@pytest.mark.parametrize("idle", [5 * MINUTE, 15 * MINUTE, 16 * MINUTE])
def test_an_idle_lifetime_that_ends_sessions_of_users_at_work_is_told(declare, idle):
    [warning] = declare(SESSION_IDLE_LIFETIME=idle)

    assert (warning.id, warning.level) == ("jwt_invalidation.W007", WARNING)
    assert str(warning.obj) == 'JWT_INVALIDATION["SESSION_IDLE_LIFETIME"]'
    assert "to more than 0:16:00" in warning.hint


@pytest.mark.parametrize("idle", [None, 17 * MINUTE, DAY])
def test_a_longer_idle_lifetime_is_fine(declare, idle):
    assert declare(SESSION_IDLE_LIFETIME=idle) == []


def test_a_session_that_ends_before_its_refresh_token_is_told(declare):
    [warning] = declare(SESSION_LIFETIME=29 * DAY)

    assert (warning.id, warning.level) == ("jwt_invalidation.W008", WARNING)
    assert "29 days" in warning.msg
    assert "30 days" in warning.msg
    assert 'SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]' in warning.hint


@pytest.mark.parametrize("absolute", [30 * DAY, 90 * DAY])
def test_a_session_that_lives_as_long_as_its_refresh_token_is_fine(declare, absolute):
    assert declare(SESSION_LIFETIME=absolute) == []


def test_what_was_said_is_to_be_pasted(declare):
    assert declare(SESSION_IDLE_LIFETIME=timedelta(minutes=16, seconds=1)) == []


def test_without_sessions_their_lifetimes_do_not_matter(declare):
    quiet = declare(STRATEGIES=[VERSION_STRATEGY], SESSION_LIFETIME=DAY)
    told = declare(STRATEGIES=[SESSION_STRATEGY], SESSION_LIFETIME=DAY)

    assert (quiet, [each.id for each in told]) == ([], ["jwt_invalidation.W008"])


def test_impossible_settings_are_told_once(declare):
    assert [each.id for each in declare(SESSION_LIFETIME=29)] == ["jwt_invalidation.E003"]
