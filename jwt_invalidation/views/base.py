"""What all our views share: no transaction of the request, no cached answer, 400 and 503 for faults."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from rest_framework.exceptions import ParseError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework_simplejwt import views as simplejwt

from ..authentication import JWTAuthentication
from ..db.unavailable import unavailable_if_database_fails
from ..exceptions import challenge
from ..models import TokenSession
from ..serializers.tokens import guarded
from ..sessions import device_of
from ..state.held_back import HeldBack

SCOPE = "token_sessions"


class UncachedNonAtomicView(APIView):
    """A view outside ``ATOMIC_REQUESTS``, whose answers no cache may keep."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, exempt from ``ATOMIC_REQUESTS`` on every alias.

        DRF rolls a request's transaction back when it refuses; what a refusal records must stay.
        """
        view = super().as_view(**initkwargs)
        for alias in settings.DATABASES:
            view = transaction.non_atomic_requests(using=alias)(view)
        return view

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep caches from keeping tokens (RFC 6749, section 5.1)."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Answer 503 if the database fails, 400 for a body that Python's parser cannot nest."""
        try:
            with unavailable_if_database_fails():
                raise exc
        except RecursionError:
            exc = ParseError()
        except Exception as translated:
            exc = translated
        return super().handle_exception(exc)


class GatedTokenView(UncachedNonAtomicView, simplejwt.TokenViewBase):
    """What the views share that stand in for simplejwt's."""

    #: simplejwt's setting that may name another serializer. That must be a child of ours.
    serializer_setting: ClassVar[str]
    guarded_serializer: ClassVar[type[BaseSerializer[Any]]]
    #: Does the body hold a token? Then the challenge of a 401 says that it is not accepted.
    takes_token: ClassVar[bool] = True

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Write nothing until the view has answered: children of it may refuse after ours."""
        held = HeldBack()
        with held.collecting():
            response = super().dispatch(request, *args, **kwargs)
        # Some exception handlers answer 200, and say in the body what was refused.
        is_refusal = response.status_code >= HTTPStatus.BAD_REQUEST
        if is_refusal or getattr(response, "exception", False):
            return response
        try:
            held.perform()
        except Exception as error:
            response = self.handle_exception(error)
            response = self.finalize_response(self.request, response, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store"
        return response

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Return the view's own, or the settings'; raise ``ImproperlyConfigured``: see `guarded`."""
        return guarded(self.guarded_serializer, self.serializer_setting, self.serializer_class)

    def get_authenticate_header(self, request: Request) -> str:
        """Return the challenge of RFC 6750, section 3."""
        return challenge(super().get_authenticate_header(request), with_token=self.takes_token)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 200, 400 for a bad body, 401 for a bad token, 503 if the state cannot be read."""
        with device_of(request, sid=self.current_sid(request)):
            return super().post(request, *args, **kwargs)

    def current_sid(self, request: Request) -> str | None:
        """Return the sid of the session that this request may replace, if there is one."""
        return None


class SessionEndpoint(UncachedNonAtomicView, GenericAPIView[TokenSession]):
    """What the endpoints of sessions share: the strict class, and one throttle scope."""

    authentication_classes = [JWTAuthentication]
    permission_classes = [IsAuthenticated]
    # DRF's OPTIONS and its browsable API ask for both, of endpoints without a body and a list as well.
    serializer_class: type[BaseSerializer[Any]] = Serializer
    queryset = TokenSession.objects.none()

    @property
    def throttle_scope(self) -> str | None:
        """The scope ``token_sessions``, on sites that have a rate for it."""
        return SCOPE if SCOPE in (api_settings.DEFAULT_THROTTLE_RATES or {}) else None
