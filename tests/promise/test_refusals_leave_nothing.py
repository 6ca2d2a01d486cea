"""A login or a refresh that a project's own code refuses after ours has said yes leaves nothing."""

from contextvars import copy_context
from datetime import timedelta

from django.apps import apps
from django.contrib.auth import user_logged_in
from django.urls import include, path
import pytest
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from jwt_invalidation import gate, serializers
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.signals import session_ended, session_started
from jwt_invalidation.tokens import AccessToken, RefreshToken
from jwt_invalidation.views import (
    TokenObtainPairView,
    TokenObtainSlidingView,
    TokenRefreshSlidingView,
    TokenRefreshView,
)
from tests.support import forge, people, views
from tests.support.gates import Thread, receiving
from tests.support.pairs import assert_alive, assert_revoked
from tests.support.strategies import BLACKLIST, HAS_BLACKLIST, SESSION, needs_blacklist

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "other"]),
    pytest.mark.urls(__name__),
    pytest.mark.with_blacklist,
]


class RefusingSerializer:
    """Asks for a second factor after everything else, as projects do."""

    def validate(self, attrs):
        data = super().validate(attrs)
        if self.initial_data.get("otp") != "123456":
            raise AuthenticationFailed("Wrong code")
        return data


class RaisingView:
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        if request.data.get("otp") != "123456":
            raise PermissionDenied("Wrong code")
        return response


class AnsweringView:
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        if request.data.get("otp") != "123456":
            return Response({"detail": "Wrong code"}, status=403)
        # What has just been minted is good by now, for this very request.
        for kind, text in response.data.items():
            if kind == "access":
                gate.admit(AccessToken(text))
            elif kind == "refresh":
                gate.admit(RefreshToken(text))
        return response


def enveloped(error, context):
    """Answer 200 to everything, and say in the body what happened, as some projects do."""
    return Response({"error": error.status_code})


def status_of(answer):
    return answer.json().get("error", answer.status_code)


def refusing(view, serializer):
    """Return the kinds of a view of a project's that refuses."""

    class ChildSerializer(RefusingSerializer, serializer):
        pass

    class Raising(RaisingView, view):
        pass

    class Answering(AnsweringView, view):
        pass

    class Enveloping(RaisingView, view):
        def get_exception_handler(self):
            return enveloped

    return {
        "serializer": view.as_view(serializer_class=ChildSerializer),
        "raising-view": Raising.as_view(),
        "answering-view": Answering.as_view(),
        "enveloping-view": Enveloping.as_view(),
    }


KINDS = {
    "login": refusing(TokenObtainPairView, serializers.TokenObtainPairSerializer),
    "sliding-login": refusing(TokenObtainSlidingView, serializers.TokenObtainSlidingSerializer),
    "refresh": refusing(TokenRefreshView, serializers.TokenRefreshSerializer),
    "sliding-refresh": refusing(TokenRefreshSlidingView, serializers.TokenRefreshSlidingSerializer),
}
urlpatterns = [
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/token/sliding/", TokenObtainSlidingView.as_view()),
    path("api/me/", views.Me.as_view()),
    *(
        path(f"{kind}/{where}/", view)
        for kind, by_place in KINDS.items()
        for where, view in by_place.items()
    ),
]


@pytest.fixture(params=["serializer", "raising-view", "answering-view", "enveloping-view"])
def place(request):
    return request.param


@pytest.fixture(params=["autocommit", "atomic requests"], autouse=True)
def each_transaction(request):
    if request.param == "atomic requests":
        request.getfixturevalue("atomic_requests")


def rows():
    """Return all rows that a token may write."""
    models = [TokenSession, Revocation]
    if HAS_BLACKLIST:
        models += apps.get_app_config("token_blacklist").get_models()
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def told():
    """Return the names of the signals that were sent."""
    seen = []
    with (
        receiving(user_logged_in, lambda **kwargs: seen.append("logged in")),
        receiving(session_started, lambda **kwargs: seen.append("started")),
        receiving(session_ended, lambda **kwargs: seen.append("ended")),
    ):
        yield seen


def body(user, **more):
    return {**people.credentials(user), **more}


@pytest.mark.parametrize("kind", ["login", "sliding-login"])
@pytest.mark.parametrize("policy", ["evict", "refuse"])
def test_a_refused_login_leaves_nothing_and_takes_no_place(
    client, alice, settings, told, kind, place, policy
):
    settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": 2, "SESSION_LIMIT_POLICY": policy}
    phone = people.tokens(client, alice)
    before = rows()
    told.clear()

    for _ in range(3):
        answer = client.post(f"/{kind}/{place}/", body(alice), format="json")
        assert status_of(answer) in (401, 403)

    assert (rows(), told) == (before, [])
    assert_alive(client, phone)
    answer = client.post(f"/{kind}/{place}/", body(alice, otp="123456"), format="json")
    assert answer.status_code == 200
    assert told == ["started", "logged in"]
    assert TokenSession.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize("strategies", [[SESSION], [BLACKLIST], [SESSION, BLACKLIST]])
def test_a_refused_refresh_leaves_nothing_and_the_honest_retry_is_no_theft(
    client, alice, settings, told, place, rotating, strategies
):
    if BLACKLIST in strategies and not HAS_BLACKLIST:
        pytest.skip("simplejwt's blacklist is not installed")
    settings.JWT_INVALIDATION = {
        "STRATEGIES": strategies,
        "ROTATION_GRACE": timedelta(0),
    }
    phone = people.tokens(client, alice)
    before = rows()
    told.clear()
    url, token = f"/refresh/{place}/", {"refresh": phone["refresh"]}

    for _ in range(3):
        assert status_of(client.post(url, token, format="json")) in (401, 403)

    assert (rows(), told) == (before, [])
    answer = client.post(url, {**token, "otp": "123456"}, format="json")
    assert answer.status_code == 200
    assert_alive(client, answer.json())


def test_a_refused_refresh_of_a_sliding_token_leaves_nothing(
    client, alice, settings, told, place, simplejwt_settings
):
    sliding = people.sliding_login(client, alice).json()["token"]
    before = rows()

    answer = client.post(f"/sliding-refresh/{place}/", {"token": sliding}, format="json")

    assert status_of(answer) in (401, 403)
    assert rows() == before
    again = {"token": sliding, "otp": "123456"}
    assert client.post(f"/sliding-refresh/{place}/", again, format="json").status_code == 200


def test_the_end_of_a_reused_session_survives_a_refusal(client, alice, rotating, place):
    first = people.tokens(client, alice)
    second = people.refresh(client, first["refresh"]).json()
    third = people.refresh(client, second["refresh"]).json()

    answer = client.post(f"/refresh/{place}/", {"refresh": first["refresh"]}, format="json")

    assert status_of(answer) == 401
    assert TokenSession.objects.get().reason == "refresh_reuse"
    assert_revoked(client, third)


def test_a_refused_refresh_names_the_same_successor_as_the_one_that_is_answered(
    client, alice, rotating, monkeypatch
):
    seen = []
    phone = people.tokens(client, alice)
    text = serializers.TokenRefreshSerializer.validate

    def see(self, attrs):
        data = text(self, attrs)
        seen.append(forge.read(data["refresh"])["jti"])
        return data

    monkeypatch.setattr(serializers.TokenRefreshSerializer, "validate", see)
    for otp in ("0", "123456"):
        client.post(
            "/refresh/serializer/", {"refresh": phone["refresh"], "otp": otp}, format="json"
        )

    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert TokenSession.objects.get().current_jti == seen[0]


@needs_blacklist
def test_a_refresh_that_turns_out_to_be_a_theft_when_it_is_written_leaves_the_end_alone(
    client, alice, rotating, settings, monkeypatch
):
    settings.JWT_INVALIDATION = {"STRATEGIES": [SESSION, BLACKLIST]}
    first, listed = people.tokens(client, alice), []
    validate = serializers.TokenRefreshSerializer.validate

    def refresh_twice():
        second = people.refresh(APIClient(), first["refresh"]).json()
        people.refresh(APIClient(), second["refresh"])

    def be_overtaken(self, attrs):
        data = validate(self, attrs)
        monkeypatch.setattr(serializers.TokenRefreshSerializer, "validate", validate)
        Thread(refresh_twice).result()
        listed.extend(rows()[2:])
        return data

    monkeypatch.setattr(serializers.TokenRefreshSerializer, "validate", be_overtaken)

    assert people.refresh(client, first["refresh"]).json()["code"] == "token_revoked"
    assert TokenSession.objects.get().reason == "refresh_reuse"
    assert rows()[2:] == listed


def test_code_that_mints_by_itself_writes_at_once(alice):
    refresh = RefreshToken.for_user(alice)

    assert TokenSession.objects.get().sid == refresh["sid"]
    assert gate.admit(RefreshToken(str(refresh))) == alice


def test_a_receiver_of_a_started_session_may_mint_at_once(client, alice):
    minted = []

    def mint(user_id, **kwargs):
        if not minted:
            minted.append(None)
            minted.append(RefreshToken.for_user(alice))

    with receiving(session_started, mint):
        assert people.login(client, alice).status_code == 200

    assert TokenSession.objects.count() == 2
    assert gate.admit(minted[1]) == alice


def test_a_receiver_of_a_started_session_may_log_in_by_a_serializer(client, alice):
    pairs = []

    def log_in(**kwargs):
        if not pairs:
            pairs.append(None)
            serializer = serializers.TokenObtainPairSerializer(data=people.credentials(alice))
            serializer.is_valid(raise_exception=True)
            pairs.append(serializer.validated_data)

    with receiving(session_started, log_in):
        assert people.login(client, alice).status_code == 200

    assert TokenSession.objects.count() == 2
    assert_alive(client, pairs[1])


@pytest.mark.parametrize("otp", ["0", "123456"])
def test_what_outlives_the_request_in_a_copy_of_its_context_writes_at_once(
    client, alice, monkeypatch, otp
):
    copies, refused = [], []
    validate = serializers.TokenObtainPairSerializer.validate

    def start_a_task(self, attrs):
        data = validate(self, attrs)
        copies.append(copy_context())
        refused.append(data)
        return data

    monkeypatch.setattr(serializers.TokenObtainPairSerializer, "validate", start_a_task)
    client.post("/login/serializer/", body(alice, otp=otp), format="json")
    [later], [pair] = copies, refused

    minted = later.run(RefreshToken.for_user, alice)
    serializer = serializers.TokenObtainPairSerializer(data=people.credentials(alice))
    later.run(serializer.is_valid, raise_exception=True)

    assert_alive(client, {"refresh": str(minted), "access": str(minted.access_token)})
    assert_alive(client, serializer.validated_data)
    if otp == "0":
        with pytest.raises(TokenRevoked):
            later.run(gate.admit, RefreshToken(pair["refresh"]))
