"""Describe our endpoints and authentication classes to drf-spectacular, where it is installed."""

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
    """An access token and, if refresh tokens rotate, the next refresh token."""

    access = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields that the current settings produce."""
        fields = super().get_fields()
        if conf.simplejwt.ROTATE_REFRESH_TOKENS:
            fields["refresh"] = serializers.CharField()
        return fields


class SlidingTokenSerializer(serializers.Serializer[Any]):
    """A sliding token."""

    token = serializers.CharField()


class TokenErrorSerializer(serializers.Serializer[Any]):
    """Why a request is refused. The code is missing if no token was checked."""

    detail = serializers.CharField(help_text=_("For people."))
    code = serializers.CharField(required=False, help_text=_("For programs."))
    messages = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()),
        required=False,
        help_text=_("Why the token was refused as each type of token that is accepted here."),
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
    _("What is wrong with each field of the body."),
)
BAD_LOGIN = {
    400: BAD_REQUEST,
    401: _error(_("The credentials are not accepted.")),
    403: _error(_("The user is logged in on the highest number of devices allowed.")),
}
LOGIN_TOO_LONG_AGO = _error(_("The token is not accepted, or the login was too long ago."))
# Every endpoint may answer these.
COMMON = {
    401: _error(_("The token is not accepted.")),
    503: _error(_("The token cannot be checked at the moment. Keep it, and try again.")),
}
HEADERS = [
    OpenApiParameter(
        "WWW-Authenticate",
        location=OpenApiParameter.HEADER,
        response=[401],
        description=_("The challenge of RFC 6750, or of RFC 9470 if the login was too long ago."),
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
    description=_("The id of the session: in the list, and in the claim `sid` of its tokens."),
)

LINK = OpenApiParameter(
    "Link",
    location=OpenApiParameter.HEADER,
    response=[200],
    description=_("The next page and the previous one (RFC 8288), unless the body has them."),
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
        _("Exchange a refresh token for an access token and, if they rotate, the next one."),
        {200: RefreshedTokensSerializer, 400: BAD_REQUEST},
    ),
    views.TokenRefreshSlidingView: _operation(
        TOKENS,
        _("Exchange a sliding token for one with a later expiry."),
        {200: SlidingTokenSerializer, 400: BAD_REQUEST},
    ),
    views.TokenVerifyView: _operation(
        TOKENS,
        _("Ask whether a token of any type is accepted."),
        {200: EMPTY_OBJECT, 400: BAD_REQUEST},
    ),
    views.TokenBlacklistView: _operation(
        TOKENS,
        _("Log out by a refresh token: end its session, or revoke it if it belongs to none."),
        {200: EMPTY_OBJECT, 400: BAD_REQUEST},
    ),
    views.LogoutView: _operation(
        SESSIONS,
        _("End the session of the refresh token in the body, otherwise of the access token."),
        {204: None, 400: BAD_REQUEST},
    ),
    views.LogoutAllView: _operation(
        SESSIONS,
        _("End all sessions of the user, and revoke the tokens that belong to no session."),
        {204: None, 401: LOGIN_TOO_LONG_AGO},
        request=None,
    ),
    views.LogoutOthersView: _operation(
        SESSIONS,
        _("End all sessions of the user except the current one."),
        {204: None, 400: BAD_REQUEST, 401: LOGIN_TOO_LONG_AGO},
        request=None,
    ),
    views.SessionListView: _operation(
        SESSIONS,
        _("List the live sessions of the user, last used first."),
        {200: TokenSessionSerializer(many=True), 404: _error(_("There is no such page."))},
        LINK,
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
        _("Change the password, end all sessions of the user, and start a new one."),
        {200: TokenPairSerializer, 400: BAD_REQUEST},
    ),
}


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # theirs
    """Describes an access token in the header that simplejwt reads."""

    target_class = JWTAuthentication
    match_subclasses = True
    # Below a project's own extension, which may describe a child that reads a cookie.
    priority = -1
    name = "accessTokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme. simplejwt accepts several prefixes; OpenAPI can name one only."""
        return build_bearer_security_scheme_object(
            header_name=conf.simplejwt.AUTH_HEADER_NAME,
            token_prefix=simplejwt.AUTH_HEADER_TYPES[0],
            bearer_format="JWT",
        )


class TokenViews(OpenApiViewExtension):  # type: ignore[no-untyped-call]  # theirs
    """Describes our token views and their children. A project's own description comes first."""

    target_class: Any = views.GatedTokenView
    match_subclasses = True
    # Below `Logout`, which in turn is below a project's own extension for a child.
    priority = -2
    attributes: ClassVar[dict[str, Any]] = {}

    def view_replacement(self) -> type[APIView]:
        """Return the view with our schema. It is made at each call: settings may have changed."""
        ours = [OPERATIONS[each] for each in self.target.__mro__ if each in OPERATIONS]
        if not ours:
            return cast(type[APIView], self.target)
        attributes = {"schema": DefaultSchema(), **self.attributes}
        # First comes what a project says about a method, then about its class, then ours.
        view = ours[0](type(self.target.__name__, (self.target,), attributes))
        view.schema = _below(type(self.target.schema), type(view.schema))()
        return view


class SessionEndpoints(TokenViews):  # type: ignore[no-untyped-call]  # theirs
    """Describes the session endpoints."""

    target_class = views.SessionEndpoint


class Logout(SessionEndpoints):  # type: ignore[no-untyped-call]  # theirs
    """Describes the logout. It reads the access token itself, even a revoked one."""

    target_class = views.LogoutView
    priority = -1
    attributes: ClassVar[dict[str, Any]] = {"authentication_classes": [JWTAuthentication]}


def _below(theirs: type[Any], ours: type[Any]) -> type[Any]:
    """Return the schema class that asks theirs first, unless theirs is the default."""
    return ours if issubclass(ours, theirs) else type(theirs.__name__, (theirs, ours), {})
