"""simplejwt's six serializers, each with the gate in front."""

from functools import partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework.fields import empty
from rest_framework.serializers import BaseSerializer, ValidationError
from rest_framework_simplejwt import serializers as simplejwt
from rest_framework_simplejwt.settings import DEFAULTS
from rest_framework_simplejwt.tokens import Token

from .. import gate, revocation, sessions
from ..claims import sid_of
from ..conf import conf
from ..exceptions import NoActiveAccount
from ..logins import announce_login, announce_logout
from ..revocation import Reason
from ..state.held_back import HeldBack, follow_up, write_when_accepted
from ..strategies.active import sessions_are_on, single_tokens_can_be_revoked
from ..token_blacklist import blacklist_is_installed
from ..tokens import AnyToken, RefreshToken, SlidingToken
from ..users import write_alias


class HoldingBackSerializer(BaseSerializer[Any]):
    """Writes nothing until it has answered, so that a child which refuses leaves nothing behind."""

    def run_validation(self, data: Any = empty) -> Any:
        """Return the validated data, once all that they promise is written; or raise."""
        held = HeldBack()
        with held.collecting():
            validated = super().run_validation(data)
        held.perform()
        return validated


class TokenObtainPairSerializer(HoldingBackSerializer, simplejwt.TokenObtainPairSerializer):
    """Exchange credentials for a pair of tokens."""

    token_class = RefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return the tokens, and tell Django that the user has logged in."""
        data: dict[str, str] = super().validate(attrs)
        follow_up(partial(announce_login, self.user, self.context.get("request")))
        return data


class TokenObtainSlidingSerializer(HoldingBackSerializer, simplejwt.TokenObtainSlidingSerializer):
    """Exchange credentials for a sliding token."""

    token_class = SlidingToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return the token, and tell Django that the user has logged in."""
        data: dict[str, str] = super().validate(attrs)
        follow_up(partial(announce_login, self.user, self.context.get("request")))
        return data


class TokenRefreshSerializer(HoldingBackSerializer, simplejwt.TokenRefreshSerializer):
    """Exchange a refresh token for an access token and, if they rotate, for its successor."""

    token_class = RefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return the new tokens, which inherit the version of the old one."""
        refresh = self.token_class(attrs["refresh"])
        admit_to_refresh(refresh, self)
        if not conf.simplejwt.ROTATE_REFRESH_TOKENS:
            refresh.refreshed()
            return {"access": str(refresh.access_token)}
        successor = refresh.rotate()
        return {"access": str(successor.access_token), "refresh": str(successor)}


class TokenRefreshSlidingSerializer(HoldingBackSerializer, simplejwt.TokenRefreshSlidingSerializer):
    """Exchange a sliding token for the same one with a later expiry."""

    token_class = SlidingToken
    default_error_messages = simplejwt.TokenRefreshSerializer.default_error_messages

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return the renewed token."""
        token = self.token_class(attrs["token"])
        token.check_exp(conf.simplejwt.SLIDING_TOKEN_REFRESH_EXP_CLAIM)
        admit_to_refresh(token, self)
        token.renew()
        return {"token": str(token)}


def admit_to_refresh(token: Token, serializer: BaseSerializer[Any]) -> None:
    """Ask the gate; refuse a user who is not active with the serializer's own message."""
    try:
        gate.admit_to_refresh(token)
    except NoActiveAccount as error:
        raise NoActiveAccount(serializer.error_messages["no_active_account"]) from error


class TokenVerifySerializer(HoldingBackSerializer, simplejwt.TokenVerifySerializer):
    """Tell whether a token, of whatever type, would be accepted."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return nothing, or raise as authentication does."""
        gate.admit(AnyToken(attrs["token"]))
        return {}


class TokenBlacklistSerializer(HoldingBackSerializer, simplejwt.TokenBlacklistSerializer):
    """Log out by a refresh token: end its session, and put it on simplejwt's blacklist if there is one."""

    token_class = RefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return nothing once the token is dead; raise as authentication does if it was before.

        Raise a ``ValidationError`` on a site where no single token can die.
        """
        refresh = self.token_class(attrs["refresh"])
        user = gate.admit(refresh)
        sid = sid_of(refresh) if sessions_are_on() else None
        if not (sid or blacklist_is_installed() or single_tokens_can_be_revoked()):
            raise ValidationError({"detail": [_("This token belongs to no session.")]})
        write_when_accepted(partial(_log_out, refresh, sid))
        request = self.context.get("request")
        follow_up(partial(announce_logout, user.pk, request, using=write_alias()))
        return {}


def _log_out(refresh: RefreshToken, sid: str | None) -> None:
    """End the session and list the token, each in its own transaction.

    In one it could deadlock: whoever revokes a user does both in the order of the strategies.
    """
    if sid is not None:
        sessions.end_session(sid, reason=Reason.LOGOUT)
    # Last, because the serializer refuses a listed token, should the client have to try again.
    if blacklist_is_installed():
        refresh.blacklist()
    elif sid is None:
        revocation.revoke_token(refresh, reason=Reason.LOGOUT)


def guarded(
    ours: type[BaseSerializer[Any]],
    setting: str,
    of_view: type[BaseSerializer[Any]] | None = None,
) -> type[BaseSerializer[Any]]:
    """Return ``ours`` in place of simplejwt's own, or the child of it that view or setting declare.

    Raise ``ImproperlyConfigured`` for any other. Without the gate it would let dead tokens in, and
    to put ours in its place would drop what it adds, a second factor for example.
    """
    path = getattr(conf.simplejwt, setting)
    declared: type[BaseSerializer[Any]] = of_view or import_string(path)
    if issubclass(declared, ours):
        return declared
    if of_view or path != DEFAULTS[setting]:
        raise ImproperlyConfigured(
            f"Let {declared.__qualname__} inherit from {__package__}.{ours.__qualname__}."
        )
    return ours
