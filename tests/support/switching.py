"""A site that changes its strategies, and every endpoint its tokens may be sent to."""

from itertools import permutations

import pytest

from tests.support import people
from tests.support.strategies import BLACKLIST, EXPIRY, HAS_BLACKLIST, SESSION, VERSION

LISTS = {"version": [VERSION], "version+session": [VERSION, SESSION], "expiry": [EXPIRY]}
if HAS_BLACKLIST:
    LISTS |= {"blacklist": [BLACKLIST], "version+blacklist": [VERSION, BLACKLIST]}
PAIRS = [
    pytest.param(LISTS[one], LISTS[other], id=f"{one} to {other}")
    for one, other in permutations(LISTS, 2)
]
each_switch = pytest.mark.parametrize(("before", "after"), PAIRS)
#: Where sessions are kept, they end the predecessors, and simplejwt's blacklist knows of none.
each_switch_without_sessions = pytest.mark.parametrize(
    ("before", "after"), [pair for pair in PAIRS if "session" not in pair.id]
)

#: The reasons that a token is refused for, simplejwt's own look at its blacklist included.
CODES = {
    "token_revoked",
    "token_not_valid",
    "user_inactive",
    "no_active_account",
    "user_not_found",
}


def mint(client, user, password=people.PASSWORD):
    """Log in twice, and return an access, a refresh and a sliding token."""
    body = {user.USERNAME_FIELD: user.get_username(), "password": password}
    sliding = client.post("/api/token/sliding/", body)
    assert sliding.status_code == 200, sliding.json()
    return {**people.tokens(client, user, password), "sliding": sliding.json()["token"]}


def answers(client, held):
    """Return the answers to the tokens at every endpoint."""
    return {
        "access at a view": people.ask(client, held["access"]),
        "access at verify": people.verify(client, held["access"]),
        "refresh at verify": people.verify(client, held["refresh"]),
        "refresh at refresh": people.refresh(client, held["refresh"]),
        "sliding at a view": people.ask(client, held["sliding"]),
        "sliding at verify": people.verify(client, held["sliding"]),
        "sliding at refresh": people.renew(client, held["sliding"]),
    }


def assert_alive(client, held):
    """Assert that every endpoint lets them in, and so what is made of them."""
    found = answers(client, held)
    statuses = {endpoint: answer.status_code for endpoint, answer in found.items()}
    assert statuses == dict.fromkeys(found, 200)
    made = [
        found["refresh at refresh"].json()["access"],
        found["sliding at refresh"].json()["token"],
    ]
    assert [people.ask(client, token).status_code for token in made] == [200, 200]


def assert_dead(client, held):
    """Assert that every endpoint refuses them, with a challenge."""
    found = answers(client, held)
    statuses = {endpoint: answer.status_code for endpoint, answer in found.items()}
    assert statuses == dict.fromkeys(found, 401)
    for answer in found.values():
        assert answer.json()["code"] in CODES
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
