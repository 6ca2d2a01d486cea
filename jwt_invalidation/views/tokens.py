"""simplejwt's views, with our serializers."""

from rest_framework.request import Request
from rest_framework_simplejwt import views as simplejwt
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from .. import serializers
from ..authentication import token_in_header
from ..claims import sid_of
from .base import GatedTokenView


class LoginView(GatedTokenView):
    """What the views share that take credentials."""

    takes_token = False

    def current_sid(self, request: Request) -> str | None:
        """Return the sid of the access token in the header; None unless it is a genuine one.

        A login is not refused because the token of an earlier login is sent with it.
        """
        try:
            return sid_of(token_in_header(request))
        except AuthenticationFailed:
            return None


class TokenObtainPairView(LoginView, simplejwt.TokenObtainPairView):
    """Take credentials and return an access and a refresh token."""

    serializer_setting = "TOKEN_OBTAIN_SERIALIZER"
    guarded_serializer = serializers.TokenObtainPairSerializer


class TokenRefreshView(GatedTokenView, simplejwt.TokenRefreshView):
    """Take a refresh token and return an access token, and the successor if they rotate."""

    serializer_setting = "TOKEN_REFRESH_SERIALIZER"
    guarded_serializer = serializers.TokenRefreshSerializer


class TokenVerifyView(GatedTokenView, simplejwt.TokenVerifyView):
    """Take any token and tell whether it would be accepted."""

    serializer_setting = "TOKEN_VERIFY_SERIALIZER"
    guarded_serializer = serializers.TokenVerifySerializer


class TokenBlacklistView(GatedTokenView, simplejwt.TokenBlacklistView):
    """Take a refresh token and log out by it: simplejwt's name for `LogoutView`."""

    serializer_setting = "TOKEN_BLACKLIST_SERIALIZER"
    guarded_serializer = serializers.TokenBlacklistSerializer


class TokenObtainSlidingView(LoginView, simplejwt.TokenObtainSlidingView):
    """Take credentials and return a sliding token."""

    serializer_setting = "SLIDING_TOKEN_OBTAIN_SERIALIZER"
    guarded_serializer = serializers.TokenObtainSlidingSerializer


class TokenRefreshSlidingView(GatedTokenView, simplejwt.TokenRefreshSlidingView):
    """Take a sliding token and return it with a later expiry."""

    serializer_setting = "SLIDING_TOKEN_REFRESH_SERIALIZER"
    guarded_serializer = serializers.TokenRefreshSlidingSerializer
