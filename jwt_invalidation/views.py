"""simplejwt's views with our serializers, outside any transaction of the request."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework_simplejwt import views as simplejwt
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from . import serializers
from .authentication import token_in_header
from .claims import sid_of
from .db.unavailable import unavailable_if_database_fails
from .exceptions import challenge
from .sessions.device import answering


class GatedTokenView(simplejwt.TokenViewBase):
    """What all our views of tokens share."""

    #: simplejwt's setting that may name another serializer, and ours, of which it must be a child.
    serializer_setting: ClassVar[str]
    guarded_serializer: ClassVar[type[BaseSerializer[Any]]]
    #: Whether the body holds a token, which the challenge then blames.
    takes_token: ClassVar[bool] = True

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, exempt from ``ATOMIC_REQUESTS`` on every alias.

        DRF rolls a request's transaction back when it refuses; what a refusal records must stay.
        """
        view = super().as_view(**initkwargs)
        for alias in settings.DATABASES:
            view = transaction.non_atomic_requests(using=alias)(view)
        return view

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Return the view's own, or the settings'; raise ``ImproperlyConfigured``: see `guarded`."""
        return serializers.guarded(
            self.guarded_serializer, self.serializer_setting, self.serializer_class
        )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep caches from keeping tokens (RFC 6749, section 5.1)."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    def get_authenticate_header(self, request: Request) -> str:
        """Return the challenge of RFC 6750, section 3."""
        return challenge(super().get_authenticate_header(request), with_token=self.takes_token)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 200, 400 for a bad body, 401 for a bad token, 503 if the state cannot be read."""
        try:
            with unavailable_if_database_fails(), answering(request, sid=self.present_sid(request)):
                return super().post(request, *args, **kwargs)
        except RecursionError as error:
            raise ParseError() from error

    def present_sid(self, request: Request) -> str:
        """Return the sid of the session that this request may replace: none."""
        return ""


class LoginView(GatedTokenView):
    """What the views share that take credentials."""

    takes_token = False

    def present_sid(self, request: Request) -> str:
        """Return the sid of the access token in the header; nothing unless it is a genuine one.

        Whoever logs in is not to be refused for the token of a login that is over.
        """
        try:
            return sid_of(token_in_header(request))
        except AuthenticationFailed:
            return ""


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
    """Take a refresh token and put it on simplejwt's blacklist."""

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
