"""A project's own serializers: children of ours are honoured, others are refused loudly."""

from django.core.exceptions import ImproperlyConfigured
from django.urls import path
import pytest
from rest_framework import serializers as drf
from rest_framework_simplejwt import serializers as simplejwt
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from jwt_invalidation import serializers
from jwt_invalidation.tokens import AccessToken
from jwt_invalidation.views import TokenObtainPairView
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)


class SecondFactor(drf.Serializer):
    otp = drf.CharField()

    def validate(self, attrs):
        if attrs["otp"] != "123456":
            raise AuthenticationFailed("Wrong code")
        return super().validate(attrs)


class Foreign(SecondFactor, simplejwt.TokenObtainPairSerializer):
    pass


class OfOurs(SecondFactor, serializers.TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user):
        token = super().get_token(user)
        token["otp"] = True
        return token


class ViewOfAProject(TokenObtainPairView):
    serializer_class = Foreign


urlpatterns = [path("login/", ViewOfAProject.as_view())]


def body(user, **more):
    return {
        user.USERNAME_FIELD: user.get_username(),
        "password": people.PASSWORD,
        **more,
    }


def change_password(client, access):
    passwords = {"old_password": people.PASSWORD, "new_password": "a much better horse"}
    headers = {"Authorization": f"Bearer {access}"}
    return client.post("/api/token/password/", passwords, headers=headers)


def test_a_child_of_ours_is_honoured_with_all_that_it_asks(client, alice, simplejwt_settings):
    simplejwt_settings.TOKEN_OBTAIN_SERIALIZER = f"{__name__}.OfOurs"

    assert client.post("/api/token/", body(alice)).status_code == 400
    assert client.post("/api/token/", body(alice, otp="0")).status_code == 401
    pair = client.post("/api/token/", body(alice, otp="123456")).json()

    assert AccessToken(pair["access"])["otp"] is True
    assert_alive(client, pair)
    alice.set_password("another horse")
    alice.save()
    assert_revoked(client, pair)


def test_another_in_the_settings_is_refused_loudly_and_its_second_factor_never_dropped(
    client, alice, simplejwt_settings
):
    simplejwt_settings.TOKEN_OBTAIN_SERIALIZER = f"{__name__}.Foreign"

    with pytest.raises(ImproperlyConfigured, match="Let Foreign inherit from jwt_invalidation"):
        client.post("/api/token/", body(alice))


def test_tokens_that_are_issued_again_say_what_those_of_a_login_say(
    client, alice, simplejwt_settings
):
    simplejwt_settings.TOKEN_OBTAIN_SERIALIZER = f"{__name__}.OfOurs"
    pair = client.post("/api/token/", body(alice, otp="123456")).json()

    answer = change_password(client, pair["access"])

    assert AccessToken(answer.json()["access"])["otp"] is True
    assert_alive(client, answer.json())


def test_where_logins_are_refused_loudly_no_password_is_changed(client, alice, simplejwt_settings):
    access = people.tokens(client, alice)["access"]
    simplejwt_settings.TOKEN_OBTAIN_SERIALIZER = f"{__name__}.Foreign"

    with pytest.raises(ImproperlyConfigured, match="Let Foreign inherit from jwt_invalidation"):
        change_password(client, access)

    assert people.ask(client, access).status_code == 200


@pytest.mark.urls(__name__)
def test_another_on_a_view_of_ours_is_refused_loudly(client, alice):
    with pytest.raises(ImproperlyConfigured, match="TokenObtainPairSerializer"):
        client.post("/login/", body(alice))
