"""Log out here, everywhere, everywhere else; list one's sessions, end one; change the password."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed, NotFound, ValidationError
from rest_framework.pagination import BasePagination, CursorPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework_simplejwt.exceptions import ExpiredTokenError, InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from .. import gate, revocation, sessions
from ..authentication import JWTAuthentication, token_in_header
from ..claims import SID, is_sid, is_unversioned, sid_of
from ..exceptions import challenge
from ..logins import announce_logout
from ..models import TokenSession
from ..permissions import RecentlyAuthenticated
from ..reissue import reissue
from ..serializers import TokenLogoutSerializer, TokenPasswordSerializer, TokenSessionSerializer
from ..sessions.status import live_sessions
from ..state.locks import lock_users
from ..strategies.active import sessions_are_on, single_tokens_can_be_revoked
from ..tokens import RefreshToken
from ..users import write_alias
from .base import SessionEndpoint
from .pagination import pagination_of_site

Reason = revocation.Reason
LAST_USED_FIRST = ("-last_used_at", "-created_at", "sid")
NO_SESSION = _("This token belongs to no session.")


class LogoutView(SessionEndpoint):
    """End the session of the refresh token in the body, or else of the access token in the header.

    The same token again gets the same answer. ASVS 5.0, item 7.4.1.
    """

    authentication_classes = []
    permission_classes = [AllowAny]
    serializer_class: type[BaseSerializer[Any]] = TokenLogoutSerializer

    def get_authenticate_header(self, request: Request) -> str:
        """Return the challenge of RFC 6750, section 3."""
        return challenge(
            f'Bearer realm="{JWTAuthentication.www_authenticate_realm}"', with_token=True
        )

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 204; 400 without a token, 401 if none that came is genuine and unexpired."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token = self._token(request, serializer.validated_data.get("refresh"))
        # Where no token is checked against its session, the end of that would kill nothing.
        sid = sid_of(token) if sessions_are_on() else None
        if sid is None:
            self._revoke(token, request)
        elif sessions.end_session(sid, reason=Reason.LOGOUT):
            announce_logout(self._user_of(sid), request, using=write_alias())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _revoke(self, token: Token, request: Request) -> None:
        """Revoke a token that belongs to no session: one from before, or of code that calls simplejwt."""
        names_none = SID in token and not is_unversioned(token.payload)
        if names_none or not single_tokens_can_be_revoked():
            raise ValidationError({"detail": NO_SESSION})
        try:
            user = gate.admit(token)
        except AuthenticationFailed:
            # It is dead already. The same token again gets the same answer.
            return
        revocation.revoke_token(token, reason=Reason.LOGOUT)
        announce_logout(user.pk, request, using=write_alias())

    def _user_of(self, sid: str) -> Any:
        ended = TokenSession.objects.using(write_alias()).filter(sid=sid)
        return ended.values_list("user", flat=True).first()

    def _token(self, request: Request, refresh: str | None) -> Token:
        """Return the verified token that is to die, whether or not it is still wanted.

        A refresh token that has expired keeps nobody logged in who sends a good access token.
        """
        if not refresh:
            return self._token_in_header(request)
        try:
            return RefreshToken(refresh)
        except ExpiredTokenError as error:
            in_header = token_in_header(request)
            if in_header is None:
                raise InvalidToken(error.args[0]) from error
            return in_header
        except TokenError as error:
            raise InvalidToken(error.args[0]) from error

    def _token_in_header(self, request: Request) -> Token:
        token = token_in_header(request)
        if token is None:
            raise ValidationError({"refresh": [_("Send a refresh token, or an access token.")]})
        return token


class LogoutAllView(SessionEndpoint):
    """Revoke all tokens of the caller, this one's included. ASVS 5.0, items 7.4.1 and 7.5.2."""

    permission_classes = [RecentlyAuthenticated]

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 204."""
        revocation.revoke_user(request.user, reason=Reason.LOGOUT)
        announce_logout(request.user.pk, request, using=write_alias())
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutOthersView(SessionEndpoint):
    """End all sessions of the caller but this one. ASVS 5.0, item 7.4.3."""

    permission_classes = [RecentlyAuthenticated]

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 204; 400 if the caller's token belongs to no session that could be kept."""
        sid = sid_of(request.auth)
        if sid is None:
            raise ValidationError({"detail": NO_SESSION})
        sessions.end_other_sessions(request.user, keep=sid, reason=Reason.LOGOUT)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionListView(SessionEndpoint):
    """List the live sessions of the caller. ASVS 5.0, item 7.5.2."""

    serializer_class = TokenSessionSerializer

    @property
    def pagination_class(self) -> type[BasePagination]:  # type: ignore[override]  # read late
        """The pages of the site's own lists, or plain lists."""
        return pagination_of_site()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page, the session used last first; 404 if there is no such page."""
        live = live_sessions(using=write_alias()).filter(user=request.user.pk)
        paginator: Any = self.paginator
        if isinstance(paginator, CursorPagination):
            # The site's own names a column that other models have.
            paginator.ordering = LAST_USED_FIRST
        try:
            page = self.paginate_queryset(live.order_by(*LAST_USED_FIRST))
        except InvalidValue as error:
            # DRF puts what a cursor says into the query as it comes.
            raise NotFound from error
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class SessionView(SessionEndpoint):
    """One session of the caller."""

    serializer_class = TokenSessionSerializer

    def delete(self, request: Request, sid: str, *args: Any, **kwargs: Any) -> Response:
        """End it and answer 204; 404 if it is not the caller's.

        To end another session than the one that asks, the login must be recent.
        """
        if sid != sid_of(request.auth):
            RecentlyAuthenticated().has_permission(request, self)
        own = TokenSession.objects.using(write_alias()).filter(user=request.user.pk, sid=sid)
        if not is_sid(sid) or not own.exists():
            raise Http404
        sessions.end_session(sid, reason=Reason.LOGOUT)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordView(SessionEndpoint):
    """Change the password, end all sessions, and answer a fresh pair. ASVS 5.0, item 7.4.3."""

    serializer_class: type[BaseSerializer[Any]] = TokenPasswordSerializer

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the pair; 400 for a wrong old password, or a new one that is not accepted.

        401 if the password was changed meanwhile: the old one does not entitle to overwrite it.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic(using=write_alias()):
            user: Any = request.user
            lock_users([user.pk], using=write_alias())
            gate.load_user_for_minting(user)
            user.set_password(serializer.validated_data["new_password"])
            user.save(update_fields=["password"])
            return Response(reissue(request))
