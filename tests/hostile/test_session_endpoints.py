"""What the endpoints of sessions make of bad bodies, bad headers and stale logins."""

from datetime import UTC, datetime, timedelta

from django.urls import include, path
import pytest
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView
import time_machine

from jwt_invalidation.permissions import RecentlyAuthenticated
from jwt_invalidation.reissue import reissue
from jwt_invalidation.tokens import AccessToken
from jwt_invalidation.views import SessionEndpoint
from tests.support import forge, people
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.sessions import list_sessions, post

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.hostile.test_session_endpoints"),
]


class ProjectsOwnView(APIView):
    permission_classes = [RecentlyAuthenticated]

    def get(self, request):
        return Response(reissue(request))


class ReissuingView(APIView):
    def get(self, request):
        return Response(reissue(request))


urlpatterns = [
    path("api/own/", ProjectsOwnView.as_view()),
    path("api/reissue/", ReissuingView.as_view()),
    path("", include("tests.settings.urls")),
]


def test_a_logout_by_both_tokens_ends_the_session_of_the_body(client, phone, laptop):
    answer = post(client, "logout", {"refresh": phone["refresh"]}, access=laptop["access"])

    assert answer.status_code == 204
    assert_revoked(client, phone)
    assert_alive(client, laptop)


def test_a_refused_refresh_token_is_not_made_up_for_by_the_header(client, phone):
    answer = post(client, "logout", {"refresh": "garbage"}, access=phone["access"])

    assert answer.status_code == 401
    assert_alive(client, phone)


VALUES = [
    "null",
    '""',
    "7.5",
    "[]",
    "{}",
    "true",
    '"\\u0000"',
    '"\\ud800"',
    '"a.b.c"',
    '".."',
    '"é"',
]
BODIES = [
    *("[]", '["refresh"]', '"refresh"', "7", "null", "{", "", "\\", "[" * 200_000),
    *(f'{{"refresh": {value}}}' for value in [*VALUES, f'"{"x" * 9_000}"']),
    '{"old_password": [], "new_password": {}}',
    '{"old_password": "\\u0000", "new_password": "\\ud800"}',
]


@pytest.mark.parametrize("where", ["logout", "password"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:24])
def test_a_bad_body_is_an_error_of_the_clients_and_is_not_kept(client, phone, where, body):
    answer = client.post(
        f"/api/token/{where}/",
        body,
        content_type="application/json",
        headers={} if where == "logout" else people.authorized(phone["access"]),
    )

    assert answer.status_code in (400, 401)
    assert answer.headers["Cache-Control"] == "no-store"
    assert_alive(client, phone)


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Basic eDp5", "Bearer \x00", "", "x"])
def test_a_bad_header_is_an_error_of_the_clients(client, phone, header):
    answer = client.post("/api/token/logout/", {}, format="json", headers={"Authorization": header})

    assert answer.status_code in (400, 401)
    assert_alive(client, phone)


def test_refusals_are_not_kept_by_caches(client, phone):
    for answer in (
        list_sessions(client, "garbage"),
        client.get("/api/token/sessions/"),
        client.get("/api/token/logout/"),
        client.delete("/api/token/sessions/unknown/", headers=people.authorized(phone["access"])),
        post(client, "logout-all"),
        post(client, "logout"),
    ):
        assert answer.status_code >= 400
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_endpoints_can_be_throttled_by_their_scope(client, phone, settings, monkeypatch):
    rates = {"token_sessions": "2/min"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    monkeypatch.setattr(SessionEndpoint, "throttle_classes", [ScopedRateThrottle])
    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", rates)

    answers = [list_sessions(client, phone["access"]) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].headers["Cache-Control"] == "no-store"


def test_without_a_rate_for_their_scope_the_endpoints_are_not_throttled(client, phone, monkeypatch):
    monkeypatch.setattr(SessionEndpoint, "throttle_classes", [ScopedRateThrottle])

    assert [list_sessions(client, phone["access"]).status_code for _ in range(3)] == [200] * 3


def logged_in_at(pair, moment):
    return forge.sign(forge.changed(forge.read(pair["access"]), auth_time=moment))


@pytest.mark.parametrize(
    "moment",
    [
        *(forge.MISSING, None, True, False, "", "0", [], {}, -1, 0, 4_000_000_000, 2**70),
        *(forge.Raw("NaN"), forge.Raw("Infinity"), forge.Raw("-Infinity"), forge.Raw("1e400")),
    ],
    ids=str,
)
def test_a_login_of_an_impossible_time_is_not_recent(client, phone, laptop, moment):
    access = logged_in_at(phone, moment)

    for refused in (
        post(client, "logout-all", access=access),
        client.get("/api/own/", headers=people.authorized(access)),
    ):
        assert refused.json()["code"] == "insufficient_user_authentication"
    assert people.ask(client, access).status_code == 200
    assert_alive(client, laptop)


@pytest.mark.parametrize(
    ("ago", "status"), [(0, 200), (900, 200), (901, 401), (-900, 200), (-901, 401), (0.5, 200)]
)
def test_a_login_is_recent_up_to_the_age_that_is_set(client, phone, ago, status):
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False):
        access = logged_in_at(phone, datetime.now(UTC).timestamp() - ago)

        assert client.get("/api/own/", headers=people.authorized(access)).status_code == status


def test_the_challenge_asks_for_a_login_in_any_view(client, phone):
    """RFC 9470, section 3."""
    stale = logged_in_at(phone, 0)

    answers = [
        client.get("/api/own/", headers=people.authorized(stale)),
        post(client, "logout-all", access=stale),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (
            401,
            "insufficient_user_authentication",
        )
        assert answer.headers["WWW-Authenticate"] == (
            'Bearer realm="api", error="insufficient_user_authentication",'
            ' error_description="A more recent login is required", max_age=900'
        )


def test_whoever_is_not_logged_in_gets_no_challenge_for_a_recent_login(client):
    answer = client.get("/api/own/")

    assert answer.status_code == 401
    assert "error" not in answer.headers["WWW-Authenticate"]


def test_a_reissued_token_says_that_the_login_was_when_it_was(client, phone):
    before = forge.read(phone["access"])["auth_time"]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=4)):
        pair = client.get("/api/reissue/", headers=people.authorized(phone["access"])).json()

        assert [forge.read(each)["auth_time"] for each in pair.values()] == [before] * 2
        assert_alive(client, pair)


def test_a_reissued_token_says_nothing_of_a_login_of_which_nothing_is_known(client, alice):
    sidless = str(AccessToken.for_user(alice))

    pair = client.get("/api/reissue/", headers=people.authorized(sidless)).json()

    assert [forge.read(each).get("auth_time") for each in pair.values()] == [None] * 2
    assert_alive(client, pair)
    assert client.get("/api/own/", headers=people.authorized(pair["access"])).status_code == 401
