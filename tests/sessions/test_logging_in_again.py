"""A login from a device that is logged in already: a new session takes the old one's place."""

from django.contrib.auth import user_logged_out
import pytest

from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.reissue import reissue
from jwt_invalidation.tokens import AccessToken, SlidingToken
from tests.support import forge, people
from tests.support.gates import receiving
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import sid_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def log_in_again(client, user, access, *, password=people.PASSWORD, path="/api/token/"):
    body = {user.USERNAME_FIELD: user.get_username(), "password": password}
    return client.post(path, body, format="json", headers={"Authorization": f"Bearer {access}"})


def test_it_starts_a_new_session_and_ends_the_one_it_comes_from(client, alice, phone, laptop):
    """ASVS 5.0, item 7.2.4."""
    logouts = []
    with receiving(user_logged_out, lambda **facts: logouts.append(facts)):
        new = log_in_again(client, alice, phone["access"]).json()

    assert_revoked(client, phone)
    assert_alive(client, laptop)
    assert_alive(client, new)
    assert len({sid_of(each) for each in (phone, laptop, new)}) == 3
    [entry] = Revocation.objects.filter(scope="session")
    assert (entry.reason, entry.identifier) == ("logout", sid_of(phone))
    assert entry.note == "The same device logged in again."
    assert logouts == []


def test_a_sliding_token_takes_the_place_as_well(client, alice, phone, laptop):
    answer = log_in_again(client, alice, phone["access"], path="/api/token/sliding/")

    assert SlidingToken(answer.json()["token"])["sid"] not in (sid_of(phone), sid_of(laptop))
    assert_revoked(client, phone)
    assert_alive(client, laptop)


def test_a_login_that_shows_no_token_ends_nothing(client, alice, phone, laptop):
    assert_alive(client, people.tokens(client, alice))

    assert_alive(client, phone)
    assert_alive(client, laptop)


def test_a_failed_login_ends_nothing(client, alice, phone):
    assert log_in_again(client, alice, phone["access"], password="wrong").status_code == 401

    assert_alive(client, phone)


def test_another_users_login_ends_nothing(client, bob, phone):
    his = log_in_again(client, bob, phone["access"]).json()

    assert_alive(client, phone)
    assert_alive(client, his)


def shown(kind, alice, pair):
    payload = forge.read(pair["access"])
    return {
        "expired": lambda: forge.sign({**payload, "exp": payload["iat"]}),
        "forged": lambda: pair["access"][:-6] + "AAAAAA",
        "not a token": lambda: "not a token",
        "two words": lambda: f"{pair['access']} {pair['access']}",
        "of no session": lambda: str(AccessToken.for_user(alice)),
        "of an odd session": lambda: forge.sign({**payload, "sid": [payload["sid"]]}),
        "of an unknown session": lambda: forge.sign({**payload, "sid": "0" * 32}),
        "a refresh token": lambda: pair["refresh"],
    }[kind]()


@pytest.mark.parametrize(
    "kind",
    [
        "expired",
        "forged",
        "not a token",
        "two words",
        "of no session",
        "of an odd session",
        "of an unknown session",
        "a refresh token",
    ],
)
def test_a_login_is_not_refused_for_the_token_it_shows(client, alice, phone, kind):
    answer = log_in_again(client, alice, shown(kind, alice, phone))

    assert answer.status_code == 200
    assert_alive(client, answer.json())
    assert_alive(client, phone)


def test_a_session_that_is_over_stays_as_it_ended(client, alice, phone):
    client.post("/api/token/logout/", {"refresh": phone["refresh"]}, format="json")
    over = TokenSession.objects.get(sid=sid_of(phone)).ended_at

    assert log_in_again(client, alice, phone["access"]).status_code == 200

    assert TokenSession.objects.get(sid=sid_of(phone)).ended_at == over
    assert Revocation.objects.filter(scope="session").count() == 1


@pytest.mark.parametrize("policy", ["evict", "refuse"])
def test_it_takes_its_own_place_where_there_may_be_only_so_many(
    client, alice, settings, laptop, phone, policy
):
    settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": 2, "SESSION_LIMIT_POLICY": policy}

    answer = log_in_again(client, alice, phone["access"])

    assert answer.status_code == 200
    assert_alive(client, laptop)
    assert_alive(client, answer.json())
    assert_revoked(client, phone)


def test_tokens_that_are_issued_again_take_the_place_of_those_of_the_request(
    client, alice, rf, phone, laptop
):
    request = rf.post("/")
    request.user, request.auth = alice, AccessToken(phone["access"])

    new = reissue(request)

    assert_revoked(client, phone)
    assert_alive(client, laptop)
    assert_alive(client, new)
