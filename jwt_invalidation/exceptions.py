"""The refusals that a token can meet, and the ``WWW-Authenticate`` header that comes with a 401."""

from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework_simplejwt.exceptions import AuthenticationFailed, DetailDictMixin, InvalidToken

__all__ = [
    "CredentialsChanged",
    "LoginTooLongAgo",
    "NoActiveAccount",
    "RefreshTokenReused",
    "StateUnavailable",
    "TokenMintedElsewhere",
    "TokenRevoked",
    "TooManySessions",
    "UserInactive",
    "UserNotFound",
]

MINTED_ELSEWHERE = (
    "The token was minted by code that does not use jwt_invalidation, after its installation. Mint"
    " with jwt_invalidation.tokens."
)


class MessageInArgs(DetailDictMixin):
    """Has the message as ``args[0]``, as simplejwt's have, which are raised with it."""

    #: The ``code`` of the body, where ``get_codes()`` says the class's, as with simplejwt.
    body_code: ClassVar[str | None] = None

    def __init__(self, detail: Any = None, code: str | None = None) -> None:
        super().__init__(detail, self.body_code if code is None else code)
        self.args = (self.default_detail if detail is None else detail,)


class TokenRevoked(MessageInArgs, InvalidToken):
    """The token was good once and has been revoked."""

    default_detail: Any = _("Token has been revoked")
    default_code = "token_revoked"


class RefreshTokenReused(TokenRevoked):
    """The refresh token was rotated before: two parties hold tokens of one session, one a thief."""


class TokenMintedElsewhere(TokenRevoked):
    """The token is genuine, but code that does not use this app made it after the installation.

    Clients are told why only under ``DEBUG``. For them it is a token that can no longer be used.
    """

    def __init__(self) -> None:
        super().__init__(MINTED_ELSEWHERE if settings.DEBUG else None)


class UserNotFound(MessageInArgs, AuthenticationFailed):
    """The token is genuine, but its user is gone."""

    default_detail: Any = _("User not found")
    body_code = "user_not_found"


class UserInactive(MessageInArgs, AuthenticationFailed):
    """The token is genuine, but its user has been deactivated."""

    default_detail: Any = _("User is inactive")
    body_code = "user_inactive"


class NoActiveAccount(MessageInArgs, AuthenticationFailed):
    """The refresh token is genuine, but ``USER_AUTHENTICATION_RULE`` refuses its user.

    simplejwt raises DRF's own class here, whose text and codes these are. ``detail`` is a dict
    because the body has a ``code``, as that of every other refusal.
    """

    default_detail: Any = _("No active account found for the given token.")
    default_code = "no_active_account"
    detail: Any

    def __str__(self) -> str:
        return str(self.detail["detail"])

    def get_codes(self) -> Any:
        """Return the code alone."""
        return self.detail["detail"].code

    def get_full_details(self) -> Any:
        """Return message and code."""
        return {"message": self.detail["detail"], "code": self.detail["detail"].code}


class CredentialsChanged(MessageInArgs, AuthenticationFailed):
    """No token is minted, because the credentials that were verified are no longer stored."""

    default_detail: Any = _("The account changed while you were logging in. Please log in again.")
    default_code = "credentials_changed"


class TooManySessions(MessageInArgs, PermissionDenied):
    """The credentials are right, but the user is logged in on ``MAX_SESSIONS_PER_USER`` devices."""

    default_detail: Any = _("You are logged in on too many devices. Log out on one of them first.")
    default_code = "too_many_sessions"


class LoginTooLongAgo(MessageInArgs, AuthenticationFailed):
    """The token is good, but the request needs a more recent login."""

    default_detail: Any = _("Please log in again to do this.")
    default_code = "insufficient_user_authentication"

    def __init__(self, max_age: int) -> None:
        super().__init__()
        #: Seconds.
        self.max_age = max_age
        self._scheme = "Bearer"

    @property
    def auth_header(self) -> str:
        """The ``WWW-Authenticate`` header that DRF answers with: the challenge of RFC 9470."""
        return step_up_challenge(self._scheme, max_age=self.max_age)

    @auth_header.setter
    def auth_header(self, header: str) -> None:
        # DRF sets the authentication class's header here, which would say that the token is bad.
        self._scheme = header.partition(", error=")[0]


class StateUnavailable(APIException):
    """The state cannot be read now, so nobody knows whether the token is dead (RFC 9110, 15.6.4).

    It is not a 401, because clients delete their credentials on a 401.
    """

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail: Any = _("The token cannot be checked at the moment. Please try again.")
    default_code = "state_unavailable"
    # Seconds; DRF's exception handler turns it into a Retry-After header.
    wait = 5


def challenge(scheme: str, *, with_token: bool) -> str:
    """Return the header of RFC 6750, section 3; it names an error if a token was refused."""
    if not with_token:
        return scheme
    return f'{scheme}, error="invalid_token", error_description="The token is not accepted"'


def step_up_challenge(scheme: str, *, max_age: int) -> str:
    """Ask for a login of the last ``max_age`` seconds (RFC 9470, section 3)."""
    return (
        f'{scheme}, error="insufficient_user_authentication",'
        f' error_description="A more recent login is required", max_age={max_age}'
    )
