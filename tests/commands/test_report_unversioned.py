"""``manage.py token_report``: which tokens without our claims are accepted, and how many were."""

import pytest

from jwt_invalidation.models import Installation
from jwt_invalidation.state.uses import forget_uses
from tests.support import legacy, people
from tests.support.clock import NOON
from tests.support.legacy import begin_installation, end_installation
from tests.support.reporting import report, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def installed(clock):
    """Stop the clock at noon, in the second in which the installation ends."""
    end_installation(int(NOON.timestamp()))
    return clock


def test_before_this_app_has_stamped_a_token_all_are_accepted():
    begin_installation()

    assert report()["unversioned_tokens"] == {
        "policy": "issued_before_installation",
        "findings": [],
        "on_record": True,
        "latest_iat": None,
        "uses": 0,
        "used_at": None,
    }
    assert "are accepted: this app has stamped none yet. Let in 0 times. Lifetimes" in text()


@pytest.mark.usefixtures("installed")
def test_from_then_on_it_is_told_until_when_they_may_have_been_issued():
    assert report()["unversioned_tokens"]["latest_iat"] == int(NOON.timestamp())
    assert "accepted if issued by 2026-03-01 12:00:00 UTC. Let in 0 times. Lifetimes" in text()


def test_without_the_row_of_the_installation_they_are_rejected():
    Installation.objects.all().delete()

    assert report()["unversioned_tokens"]["on_record"] is False
    assert "Tokens without a version are rejected. Let in 0 times. Lifetimes" in text()


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_user_model
def test_how_often_one_was_let_in_is_told_with_the_last_time(installed, client, alice):
    forget_uses()
    hers = legacy.pair_of(alice)

    assert people.ask(client, hers["access"]).status_code == 200

    found = report()["unversioned_tokens"]
    assert (found["uses"], found["used_at"]) == (1, "2026-03-01T12:00:00+00:00")
    assert "Let in once, last at 2026-03-01 12:00:00 UTC. Lifetimes" in text()


def test_accepting_all_is_doubted_as_the_check_does(installed, settings):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "accept"}
    in_time = report()["unversioned_tokens"]["findings"]
    installed.shift(1)

    [finding] = report()["unversioned_tokens"]["findings"]

    assert in_time == []
    assert finding["id"] == "jwt_invalidation.W003"
    assert "Tokens without a version are accepted. Let in 0 times. JWT_INVALIDATION" in text()


def test_rejecting_all_is_told_without_a_doubt(installed, settings):
    settings.JWT_INVALIDATION = {"UNVERSIONED_TOKENS": "reject"}

    assert report()["unversioned_tokens"]["findings"] == []
    assert "Tokens without a version are rejected. Let in 0 times. Lifetimes" in text()
