"""A genuine token is let in at every endpoint that takes its type."""

from typing import Any

import pytest

from tests.support import forge
from tests.support.endpoints import EVERY, HEADERS, Endpoint, at


@at(EVERY)
@pytest.mark.django_db
def test_a_genuine_token_as_minted_and_as_the_forge_signs_it_is_let_in(
    endpoint: Endpoint, alice: Any
) -> None:
    claims = endpoint.claims_of(alice)

    response = endpoint.send(forge.sign(claims))

    assert response.status_code == 200
    assert forge.read(forge.sign(claims)) == claims


@at(HEADERS)
@pytest.mark.django_db
def test_whoever_is_let_in_is_the_user_of_the_token(
    endpoint: Endpoint, alice: Any, bob: Any
) -> None:
    hers, his = (forge.sign(endpoint.claims_of(user)) for user in (alice, bob))

    answers = [endpoint.send(token).json()["user"] for token in (hers, his)]

    assert answers == [alice.get_username(), bob.get_username()]


@pytest.mark.parametrize("name", ["refresh", "sliding refresh"])
@pytest.mark.django_db
def test_what_is_made_of_a_token_names_the_same_user_and_versions(alice: Any, name: str) -> None:
    [endpoint] = [each for each in EVERY if each.name == name]
    claims = endpoint.claims_of(alice)

    made = endpoint.send(forge.sign(claims)).json()

    child = forge.read(made.get("access") or made["token"])
    for claim in ("user_id", "token_version", "token_epoch"):
        assert child[claim] == claims[claim]
