"""Every endpoint that a pair of tokens can be sent to."""

from tests.support import people


def answers(client, pair):
    """Return the answers to a pair, the refresh endpoint's last."""
    return [
        people.ask(client, pair["access"]),
        people.verify(client, pair["access"]),
        people.verify(client, pair["refresh"]),
        people.refresh(client, pair["refresh"]),
    ]


def assert_alive(client, pair):
    assert [answer.status_code for answer in answers(client, pair)] == [200] * 4


def assert_dead(client, pair, *, code, at_refresh=None):
    """Assert that each endpoint refuses for the same reason, with a challenge."""
    codes = [code, code, code, at_refresh or code]
    for answer, expected in zip(answers(client, pair), codes, strict=True):
        assert (answer.status_code, answer.json()["code"]) == (401, expected)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def assert_revoked(client, pair):
    assert_dead(client, pair, code="token_revoked")
    bodies = [answer.json() for answer in answers(client, pair)]
    assert bodies == [{"detail": "Token has been revoked", "code": "token_revoked"}] * 4
