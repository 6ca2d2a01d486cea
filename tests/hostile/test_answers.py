"""What a refusal tells: in which order of reasons, to whom, and in which challenge."""

from collections.abc import Callable
from typing import Any

import pytest

from jwt_invalidation import revocation
from tests.support import forge, people
from tests.support.endpoints import (
    BODIES,
    EVERY,
    HEADERS,
    Endpoint,
    assert_malformed,
    assert_refused,
    at,
    log_in,
    new_client,
    queries,
    sound,
)
from tests.support.fates import FATES, INACTIVE, REVOKED, change_password, delete, revoke
from tests.support.user_models import needs_is_active

pytestmark = pytest.mark.django_db


RENEWING = {"refresh", "sliding refresh"}


def inactive_code(endpoint: Endpoint) -> str:
    """Return the code for inactive users: simplejwt has another one where tokens are renewed."""
    return "no_active_account" if endpoint.name in RENEWING else "user_inactive"


@at(EVERY)
@pytest.mark.parametrize("fate", FATES.values(), ids=FATES)
def test_a_malformed_token_is_malformed_whatever_became_of_its_user(
    endpoint: Endpoint, alice: Any, fate: Callable[[Any], None]
) -> None:
    claims = endpoint.claims_of(alice)
    fate(alice)

    with queries(0):
        expired = endpoint.send(forge.sign({**claims, "exp": 1_000_000_000}))
        of_another_key = endpoint.send(forge.sign(claims, key="guessed"))
        unsigned = endpoint.send(forge.sign(claims).rpartition(".")[0] + ".")
        half_versioned = endpoint.send(
            forge.sign(forge.changed(claims, token_version=forge.MISSING))
        )

    for response in (expired, of_another_key, unsigned, half_versioned):
        assert_malformed(response)


@at(EVERY)
def test_a_forger_learns_nothing_about_the_users(endpoint: Endpoint, alice: Any, bob: Any) -> None:
    victims = {name: people.make(name) for name in ("c", "d", "e")}
    claims = {name: endpoint.claims_of(user) for name, user in victims.items()}
    for user, fate in zip(victims.values(), (delete, revoke, change_password), strict=True):
        fate(user)

    answers = {
        endpoint.send(forge.sign(each, key="guessed")).content
        for each in (endpoint.claims_of(alice), *claims.values())
    }

    assert len(answers) == 1


@needs_is_active
@at(EVERY)
@pytest.mark.parametrize("fate", INACTIVE.values(), ids=INACTIVE)
def test_an_inactive_user_is_inactive_and_not_revoked(
    endpoint: Endpoint, alice: Any, fate: Callable[[Any], None]
) -> None:
    claims = endpoint.claims_of(alice)
    fate(alice)

    response = endpoint.send(forge.sign(claims))
    older = endpoint.send(forge.sign({**claims, "token_version": 3}))

    assert_refused(response, inactive_code(endpoint))
    assert_refused(older, inactive_code(endpoint))


@at(EVERY)
@pytest.mark.parametrize("fate", REVOKED.values(), ids=REVOKED)
def test_what_was_taken_back_is_revoked_in_the_same_words_everywhere(
    endpoint: Endpoint, alice: Any, bob: Any, fate: Callable[[Any], None]
) -> None:
    hers, his = (forge.sign(endpoint.claims_of(user)) for user in (alice, bob))
    fate(alice)

    response = endpoint.send(hers)

    assert_refused(response, "token_revoked")
    assert response.json() == {"detail": "Token has been revoked", "code": "token_revoked"}
    assert endpoint.send(his).status_code == 200


@at(EVERY)
def test_a_deleted_user_is_not_found_though_everyones_tokens_are_revoked(
    endpoint: Endpoint, alice: Any
) -> None:
    token = forge.sign(endpoint.claims_of(alice))
    revocation.revoke_everyone(reason="other")
    alice.delete()

    response = endpoint.send(token)

    assert_refused(response, "user_not_found")


@at(HEADERS)
def test_a_request_without_a_token_is_challenged_without_an_error(
    endpoint: Endpoint, db: None
) -> None:
    with queries(0):
        response = sound(new_client().get("/api/me/"))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@at(EVERY)
@pytest.mark.parametrize("token", ["x", "x.y.z"])
def test_a_refused_token_is_challenged_with_the_error_of_rfc_6750(
    endpoint: Endpoint, db: None, token: str
) -> None:
    response = endpoint.send(token)

    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="api", error="invalid_token"')


@at(EVERY)
def test_an_accepted_token_is_not_challenged(endpoint: Endpoint, alice: Any) -> None:
    response = endpoint.send(forge.sign(endpoint.claims_of(alice)))

    assert response.status_code == 200
    assert "WWW-Authenticate" not in response.headers


@at(BODIES)
def test_a_body_without_a_token_is_not_challenged(endpoint: Endpoint, db: None) -> None:
    response = endpoint.send_json({})

    assert response.status_code == 400
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize("sliding", [False, True], ids=["pair", "sliding"])
def test_a_login_with_the_wrong_password_blames_no_token(alice: Any, sliding: bool) -> None:
    wrong = log_in(alice, "wrong", sliding=sliding)
    right = log_in(alice, people.PASSWORD, sliding=sliding)

    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert right.status_code == 200
