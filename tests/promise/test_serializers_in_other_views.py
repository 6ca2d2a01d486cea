"""Our serializers in a view of a project's own: what the serializer refuses leaves nothing."""

from django.contrib.auth import user_logged_in
from django.urls import include, path
import pytest
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from jwt_invalidation import serializers
from jwt_invalidation.models import TokenSession
from tests.support import people, views
from tests.support.gates import receiving
from tests.support.pairs import assert_alive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


class SecondFactor:
    def validate(self, attrs):
        data = super().validate(attrs)
        if self.initial_data.get("otp") != "123456":
            raise AuthenticationFailed("Wrong code")
        return data


class Login(SecondFactor, serializers.TokenObtainPairSerializer):
    pass


class Refresh(SecondFactor, serializers.TokenRefreshSerializer):
    pass


class OwnView(APIView):
    authentication_classes = []
    permission_classes = []
    serializer_class = None

    def post(self, request):
        serializer = self.serializer_class(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


urlpatterns = [
    path("login/", OwnView.as_view(serializer_class=Login)),
    path("refresh/", OwnView.as_view(serializer_class=Refresh)),
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/me/", views.Me.as_view()),
]


def test_a_login_that_the_serializer_refuses_leaves_nothing_and_one_that_it_accepts_lives(
    client, alice
):
    told = []
    with receiving(user_logged_in, lambda **kwargs: told.append("logged in")):
        answer = client.post("/login/", people.credentials(alice))
        assert answer.json()["detail"] == "Wrong code"
        assert (told, TokenSession.objects.count()) == ([], 0)

        answer = client.post("/login/", {**people.credentials(alice), "otp": "123456"})

    assert told == ["logged in"]
    assert_alive(client, answer.json())


def test_a_refresh_that_the_serializer_refuses_rotates_nothing(client, alice, rotating):
    refresh = people.tokens(client, alice)["refresh"]
    before = TokenSession.objects.values().get()

    answer = client.post("/refresh/", {"refresh": refresh})

    assert answer.json()["detail"] == "Wrong code"
    assert TokenSession.objects.values().get() == before
    answer = client.post("/refresh/", {"refresh": refresh, "otp": "123456"})
    assert_alive(client, answer.json())
