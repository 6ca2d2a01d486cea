"""What drf-spectacular says of our endpoints and authentication classes, on sites that have it."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.schemas import DefaultSchema
from rest_framework.views import APIView
from rest_framework_simplejwt import authentication as simplejwt

from . import views
from .authentication import JWTAuthentication
from .conf import conf
from .serializers import TokenSessionSerializer

TOKENS, SESSIONS = "tokens", "sessions"


class TokenPairSerializer(serializers.Serializer[Any]):
    """An access and a refresh token."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class RefreshedTokensSerializer(serializers.Serializer[Any]):
    """An access token and, where refresh tokens rotate, the next refresh token."""

    access = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields that the settings ask for now."""
        fields = super().get_fields()
        if conf.simplejwt.ROTATE_REFRESH_TOKENS:
            fields["refresh"] = serializers.CharField()
        return fields


class SlidingTokenSerializer(serializers.Serializer[Any]):
    """A sliding token."""

    token = serializers.CharField()


class TokenErrorSerializer(serializers.Serializer[Any]):
    """Why a request is refused. There is no code where no token was judged."""

    detail = serializers.CharField(help_text=_("For people."))
    code = serializers.CharField(required=False, help_text=_("For programs."))
    messages = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()),
        required=False,
        help_text=_("What each type of token that is accepted has against it."),
    )


def _error(description: str | Promise) -> OpenApiResponse:
    return OpenApiResponse(TokenErrorSerializer, description)


EMPTY_OBJECT = {"type": "object", "maxProperties": 0}
BAD_REQUEST = OpenApiResponse(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
        },
    },
    _("What is wrong, by the fields of the body."),
)
BAD_LOGIN = {
    400: BAD_REQUEST,
    401: _error(_("The credentials are not accepted.")),
    403: _error(_("The user is logged in on as many devices as is allowed.")),
}
LOGIN_TOO_LONG_AGO = _error(_("The token is not accepted, or the login was too long ago for this."))
# What any of them may answer.
COMMON = {
    401: _error(_("The token is not accepted.")),
    503: _error(_("The token cannot be checked at the moment. Keep it, and try again.")),
}
HEADERS = [
    OpenApiParameter(
        "WWW-Authenticate",
        location=OpenApiParameter.HEADER,
        response=[401],
        description=_("The challenge of RFC 6750; of RFC 9470, if the login was too long ago."),
    ),
    OpenApiParameter(
        "Retry-After",
        OpenApiTypes.INT,
        location=OpenApiParameter.HEADER,
        response=[503],
        description=_("In seconds."),
    ),
]
SID = OpenApiParameter(
    "sid",
    location=OpenApiParameter.PATH,
    description=_("The session's id, as in the list and in the claim `sid` of its tokens."),
)


def _operation(
    tag: str,
    description: str | Promise,
    responses: dict[int, Any],
    *parameters: OpenApiParameter,
    **others: Any,
) -> Callable[[type[APIView]], type[APIView]]:
    return extend_schema(
        tags=[tag],
        description=description,
        responses=dict(sorted({**COMMON, **responses}.items())),
        parameters=[*parameters, *HEADERS],
        **others,
    )


OPERATIONS: dict[type[APIView], Callable[[type[APIView]], type[APIView]]] = {
    views.TokenObtainPairView: _operation(
        TOKENS,
        _("Log in: exchange credentials for an access and a refresh token."),
        {**BAD_LOGIN, 200: TokenPairSerializer},
    ),
    views.TokenObtainSlidingView: _operation(
        TOKENS,
        _("Log in: exchange credentials for a sliding token."),
        {**BAD_LOGIN, 200: SlidingTokenSerializer},
    ),
    views.TokenRefreshView: _operation(
        TOKENS,
        _("Exchange a refresh token for an access token and, where they rotate, the next one."),
        {200: RefreshedTokensSerializer, 400: BAD_REQUEST},
    ),
    views.TokenRefreshSlidingView: _operation(
        TOKENS,
        _("Exchange a sliding token for one with a later expiry."),
        {200: SlidingTokenSerializer, 400: BAD_REQUEST},
    ),
    views.TokenVerifyView: _operation(
        TOKENS,
        _("Ask whether a token, of whatever type, is accepted."),
        {200: EMPTY_OBJECT, 400: BAD_REQUEST},
    ),
    views.TokenBlacklistView: _operation(
        TOKENS,
        _("Put a refresh token on the blacklist."),
        {200: EMPTY_OBJECT, 400: BAD_REQUEST},
    ),
    views.LogoutView: _operation(
        SESSIONS,
        _("End the session of the refresh token in the body, or else of the access token."),
        {204: None, 400: BAD_REQUEST},
    ),
    views.LogoutAllView: _operation(
        SESSIONS,
        _("End all sessions of the user, and revoke whatever tokens belong to none."),
        {204: None, 401: LOGIN_TOO_LONG_AGO},
        request=None,
    ),
    views.LogoutOthersView: _operation(
        SESSIONS,
        _("End all sessions of the user but the one that asks."),
        {204: None, 400: BAD_REQUEST, 401: LOGIN_TOO_LONG_AGO},
        request=None,
    ),
    views.SessionListView: _operation(
        SESSIONS,
        _("List the live sessions of the user, the one used last first."),
        {200: TokenSessionSerializer(many=True)},
        filters=False,
    ),
    views.SessionView: _operation(
        SESSIONS,
        _("End a session of the user."),
        {204: None, 401: LOGIN_TOO_LONG_AGO, 404: _error(_("The user has no such session."))},
        SID,
    ),
    views.PasswordView: _operation(
        SESSIONS,
        _("Change the password, end all sessions of the user, and go on in a new one."),
        {200: TokenPairSerializer, 400: BAD_REQUEST},
    ),
}


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # theirs
    """An access token in the header that simplejwt reads."""

    target_class = JWTAuthentication
    match_subclasses = True
    # Below a project's own extension for a child that reads a cookie, say.
    priority = -1
    name = "accessTokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme. There may be more than one prefix, but OpenAPI knows only of one."""
        return build_bearer_security_scheme_object(
            header_name=conf.simplejwt.AUTH_HEADER_NAME,
            token_prefix=simplejwt.AUTH_HEADER_TYPES[0],
            bearer_format="JWT",
        )


class TokenViews(OpenApiViewExtension):  # type: ignore[no-untyped-call]  # theirs
    """Describes our views of tokens and their children; what a project says of a child goes first."""

    target_class: Any = views.GatedTokenView
    match_subclasses = True
    # Below the logout's, which is below whatever a project has for a child.
    priority = -2
    attributes: ClassVar[dict[str, Any]] = {}

    def view_replacement(self) -> type[APIView]:
        """Return the view with our schema, made now: it depends on settings."""
        ours = [OPERATIONS[each] for each in self.target.__mro__ if each in OPERATIONS]
        if not ours:
            return cast(type[APIView], self.target)
        attributes = {"schema": DefaultSchema(), **self.attributes}
        # This puts ours below what is said of a method; what is said of the class comes between.
        view = ours[0](type(self.target.__name__, (self.target,), attributes))
        view.schema = _below(type(self.target.schema), type(view.schema))()
        return view


class SessionEndpoints(TokenViews):  # type: ignore[no-untyped-call]  # theirs
    """Describes the endpoints of sessions."""

    target_class = views.SessionEndpoint


class Logout(SessionEndpoints):  # type: ignore[no-untyped-call]  # theirs
    """Describes a view that reads the access token by itself: it may be one that was revoked."""

    target_class = views.LogoutView
    priority = -1
    attributes: ClassVar[dict[str, Any]] = {"authentication_classes": [JWTAuthentication]}


def _below(theirs: type[Any], ours: type[Any]) -> type[Any]:
    """Return the schema class that asks theirs first, if it is any but the default."""
    return ours if issubclass(ours, theirs) else type(theirs.__name__, (theirs, ours), {})
