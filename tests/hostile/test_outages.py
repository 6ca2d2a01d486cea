"""The state cannot be read: 503 at every endpoint, and no token is thrown away."""

import logging
from typing import Any

import pytest

from jwt_invalidation.models import TokenEpoch, TokenState
from tests.support import forge
from tests.support.endpoints import EVERY, Endpoint, assert_malformed, at, log_in
from tests.support.outages import assert_unavailable, database_down, table_missing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.with_blacklist]

MODELS = [TokenState, TokenEpoch]


@at(EVERY)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_our_tables_every_endpoint_answers_503_and_the_log_names_migrate(
    endpoint: Endpoint, alice: Any, model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    with table_missing(model), caplog.at_level(logging.ERROR, logger="jwt_invalidation"):
        response = endpoint.send(token)

    assert_unavailable(response)
    assert "migrate" in caplog.text
    for secret in (token, alice.password, forge.conf.simplejwt.SIGNING_KEY):
        assert secret not in caplog.text
    assert endpoint.send(token).status_code == 200


@pytest.mark.parametrize("sliding", [False, True], ids=["pair", "sliding"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_our_tables_a_login_answers_503_and_the_log_names_migrate(
    alice: Any, model: Any, sliding: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with table_missing(model), caplog.at_level(logging.ERROR, logger="jwt_invalidation"):
        response = log_in(alice, sliding=sliding)

    assert_unavailable(response)
    assert "migrate" in caplog.text
    assert alice.password not in caplog.text
    assert log_in(alice, sliding=sliding).status_code == 200


@at(EVERY)
def test_while_the_database_is_down_every_endpoint_answers_503(
    endpoint: Endpoint, alice: Any
) -> None:
    token = forge.sign(endpoint.claims_of(alice))

    with database_down():
        response = endpoint.send(token)

    assert_unavailable(response)
    assert endpoint.send(token).status_code == 200


@pytest.mark.parametrize("sliding", [False, True], ids=["pair", "sliding"])
def test_while_the_database_is_down_a_login_answers_503(alice: Any, sliding: bool) -> None:
    with database_down():
        response = log_in(alice, sliding=sliding)

    assert_unavailable(response)
    assert log_in(alice, sliding=sliding).status_code == 200


@at(EVERY)
def test_a_malformed_token_is_malformed_though_the_database_is_down(
    endpoint: Endpoint, alice: Any
) -> None:
    claims = endpoint.claims_of(alice)

    with database_down():
        no_user = endpoint.send(forge.sign({**claims, "user_id": None}))
        no_version = endpoint.send(forge.sign({**claims, "token_version": None}))

    assert_malformed(no_user)
    assert_malformed(no_version)
