"""What the schema declares is what the endpoints answer: each status, and no other body."""

from datetime import UTC, datetime, timedelta

from jsonschema import ValidationError
import pytest
import time_machine

from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import people
from tests.support.openapi import Declared, generate
from tests.support.outages import database_down
from tests.support.strategies import HAS_BLACKLIST

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]

NEW = "a much better horse"


class Site:
    """Someone who is logged in, and whose requests are held against the schema with their answers."""

    def __init__(self, client, user, settings, declared):
        self.client = client
        self.user = user
        self.settings = settings
        self.declared = declared
        self.pair = people.tokens(client, user)
        self.access, self.refresh = self.pair["access"], self.pair["refresh"]
        self.credentials = {user.USERNAME_FIELD: user.get_username(), "password": people.PASSWORD}

    def send(self, path, body=None, *, access=None, method="post"):
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        send = getattr(self.client, method)
        answer = send(f"/api/token/{path}", body, format="json", headers=headers)
        self.declared.assert_answers(answer)
        if answer.status_code < 300:
            self.declared.assert_takes(answer, body)
        return answer

    def send_long_after_login(self, path, **options):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
            access = people.refresh(self.client, self.refresh).json()["access"]
            return self.send(path, access=access, **options)

    def full(self):
        """Let nobody in who is logged in once already."""
        self.settings.JWT_INVALIDATION = {
            "MAX_SESSIONS_PER_USER": 1,
            "SESSION_LIMIT_POLICY": "refuse",
        }
        return self

    def without_sessions(self):
        """Leave nothing that could kill a single token."""
        self.settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
        return self

    def sid(self):
        return RefreshToken(self.refresh)["sid"]

    def sidless(self):
        return str(AccessToken.for_user(self.user))

    def sliding(self):
        return str(SlidingToken.for_user(self.user))

    def revoked(self):
        """Return a pair that was logged out."""
        pair = people.tokens(self.client, self.user)
        self.client.post("/api/token/logout/", {"refresh": pair["refresh"]})
        return pair


def without_a_good_token(path, method="post", body=None):
    """Return requests of an endpoint that all are refused for want of a good access token."""
    return [
        lambda site: site.send(path, body, method=method),
        lambda site: site.send(path, body, method=method, access="rubbish"),
        lambda site: site.send(path, body, method=method, access=site.revoked()["access"]),
    ]


PASSWORDS = {"old_password": people.PASSWORD, "new_password": NEW}
ANSWERS = {
    ("post", ""): {
        200: [lambda site: site.send("", site.credentials)],
        400: [lambda site: site.send("", {}), lambda site: site.send("", [])],
        401: [lambda site: site.send("", {**site.credentials, "password": "wrong"})],
        403: [lambda site: site.full().send("", site.credentials)],
    },
    ("post", "refresh/"): {
        200: [lambda site: site.send("refresh/", {"refresh": site.refresh})],
        400: [lambda site: site.send("refresh/", {})],
        401: [
            lambda site: site.send("refresh/", {"refresh": "rubbish"}),
            lambda site: site.send("refresh/", {"refresh": site.revoked()["refresh"]}),
        ],
    },
    ("post", "verify/"): {
        200: [lambda site: site.send("verify/", {"token": site.access})],
        400: [lambda site: site.send("verify/", {})],
        401: [
            lambda site: site.send("verify/", {"token": "rubbish"}),
            lambda site: site.send("verify/", {"token": site.revoked()["access"]}),
        ],
    },
    ("post", "sliding/"): {
        200: [lambda site: site.send("sliding/", site.credentials)],
        400: [lambda site: site.send("sliding/", {})],
        401: [lambda site: site.send("sliding/", {**site.credentials, "password": "wrong"})],
        403: [lambda site: site.full().send("sliding/", site.credentials)],
    },
    ("post", "sliding/refresh/"): {
        200: [lambda site: site.send("sliding/refresh/", {"token": site.sliding()})],
        400: [lambda site: site.send("sliding/refresh/", {})],
        401: [lambda site: site.send("sliding/refresh/", {"token": "rubbish"})],
    },
    ("post", "blacklist/"): {
        200: [lambda site: site.send("blacklist/", {"refresh": site.refresh})],
        400: [
            lambda site: site.send("blacklist/", {}),
            *[lambda site: site.without_sessions().send("blacklist/", {"refresh": site.refresh})]
            * (not HAS_BLACKLIST),
        ],
        401: [
            lambda site: site.send("blacklist/", {"refresh": "rubbish"}),
            lambda site: site.send("blacklist/", {"refresh": site.revoked()["refresh"]}),
        ],
    },
    ("post", "logout/"): {
        204: [
            lambda site: site.send("logout/", {"refresh": site.refresh}),
            lambda site: site.send("logout/", access=site.access),
            lambda site: site.send("logout/", {}, access=site.access),
        ],
        400: [
            lambda site: site.send("logout/"),
            lambda site: site.send("logout/", {"refresh": ""}),
            lambda site: site.send("logout/", {"refresh": []}),
        ],
        401: [
            lambda site: site.send("logout/", {"refresh": "rubbish"}),
            lambda site: site.send("logout/", access="rubbish"),
        ],
    },
    ("post", "logout-all/"): {
        204: [lambda site: site.send("logout-all/", access=site.access)],
        401: [
            *without_a_good_token("logout-all/"),
            lambda site: site.send_long_after_login("logout-all/"),
        ],
    },
    ("post", "logout-others/"): {
        204: [lambda site: site.send("logout-others/", access=site.access)],
        400: [lambda site: site.send("logout-others/", access=recent(site.sidless()))],
        401: [
            *without_a_good_token("logout-others/"),
            lambda site: site.send_long_after_login("logout-others/"),
        ],
    },
    ("get", "sessions/"): {
        200: [lambda site: site.send("sessions/", method="get", access=site.access)],
        401: without_a_good_token("sessions/", "get"),
        404: [lambda site: site.send("sessions/?page=2", method="get", access=site.access)],
    },
    ("delete", "sessions/{sid}/"): {
        204: [
            lambda site: site.send(f"sessions/{site.sid()}/", method="delete", access=site.access)
        ],
        401: [
            *without_a_good_token("sessions/another/", "delete"),
            lambda site: site.send_long_after_login("sessions/another/", method="delete"),
        ],
        404: [lambda site: site.send("sessions/another/", method="delete", access=site.access)],
    },
    ("post", "password/"): {
        200: [lambda site: site.send("password/", PASSWORDS, access=site.access)],
        400: [
            lambda site: site.send("password/", {}, access=site.access),
            lambda site: site.send(
                "password/", {**PASSWORDS, "old_password": "wrong"}, access=site.access
            ),
        ],
        401: without_a_good_token("password/", body=PASSWORDS),
    },
}
REQUESTS = [
    pytest.param(status, send, id=f"{method} /{path} {status} {number}")
    for (method, path), answers in ANSWERS.items()
    for status, sends in answers.items()
    for number, send in enumerate(sends)
]
# Each good request again, while nobody can tell whether it is one.
GOOD = [
    pytest.param(send, id=f"{method} /{path} {number}")
    for (method, path), answers in ANSWERS.items()
    for status, sends in answers.items()
    if status < 300
    for number, send in enumerate(sends)
]


def recent(access):
    """Return the token with a login of just now in it."""
    token = AccessToken(access)
    token["auth_time"] = token["iat"]
    return str(token)


@pytest.fixture(scope="module")
def declared():
    return Declared(generate())


@pytest.fixture
def site(client, alice, settings, declared):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}
    ]
    return Site(client, alice, settings, declared)


@pytest.mark.parametrize(("status", "send"), REQUESTS)
def test_the_answer_is_one_that_is_declared(site, status, send):
    assert send(site).status_code == status


@pytest.mark.parametrize("send", GOOD)
def test_so_is_the_answer_while_the_database_is_down(site, send, monkeypatch):
    prepared = Prepared(site)
    with database_down():
        assert send(prepared).status_code == 503
    assert send(prepared).status_code < 300


class Prepared:
    """The site, with all that its requests need made before the database goes away."""

    def __init__(self, site):
        self.send, self.credentials = site.send, site.credentials
        self.access, self.refresh = site.access, site.refresh
        self._sid, self._sliding = site.sid(), site.sliding()

    def sid(self):
        return self._sid

    def sliding(self):
        return self._sliding


@pytest.mark.parametrize("rotate", [False, True])
def test_a_refresh_is_answered_as_declared(client, alice, settings, simplejwt_settings, rotate):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = rotate
    site = Site(client, alice, settings, Declared(generate()))

    answer = site.send("refresh/", {"refresh": site.refresh})

    assert answer.status_code == 200
    assert set(answer.json()) == ({"access", "refresh"} if rotate else {"access"})


def test_a_schema_of_before_declares_no_rotation(site, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True

    with pytest.raises(ValidationError, match="'refresh' was unexpected"):
        site.send("refresh/", {"refresh": site.refresh})


def test_a_new_password_that_a_validator_refuses_is_answered_as_declared(site):
    body = {**PASSWORDS, "new_password": "short"}

    assert site.send("password/", body, access=site.access).status_code == 400


def test_nothing_is_declared_that_is_never_answered(declared):
    statuses = {
        (method, path.removeprefix("/api/token/"), int(status))
        for (method, path), operation in declared.operations.items()
        if path.startswith("/api/token/")
        for status in operation["responses"]
    }

    answered = {
        (*operation, status) for operation, answers in ANSWERS.items() for status in answers
    }
    assert statuses == answered | {(*operation, 503) for operation in ANSWERS}
