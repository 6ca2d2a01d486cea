"""What an entrance answers when it does not let a token in."""

from collections.abc import Iterator
from contextlib import contextmanager
import logging
from typing import Any

from django.db import DataError, Error
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

logger = logging.getLogger("jwt_invalidation")


class TokenRevoked(InvalidToken):
    """The token was good once and has been taken back."""

    default_detail: Any = _("Token has been revoked")
    default_code = "token_revoked"


class UserNotFound(AuthenticationFailed):
    """The token is genuine, but its user is gone."""

    default_detail: Any = _("User not found")
    default_code = "user_not_found"


class UserInactive(AuthenticationFailed):
    """The token is genuine, but its user has been deactivated."""

    default_detail: Any = _("User is inactive")
    default_code = "user_inactive"


class NoActiveAccount(AuthenticationFailed):
    """The refresh token is genuine, but ``USER_AUTHENTICATION_RULE`` refuses its user."""

    default_detail: Any = _("No active account found for the given token.")
    default_code = "no_active_account"


class CredentialsChanged(AuthenticationFailed):
    """No token is minted: the credentials that were verified are no longer the stored ones."""

    default_detail: Any = _("The account changed while you were logging in. Please log in again.")
    default_code = "credentials_changed"


class StateUnavailable(APIException):
    """Whether the token is still wanted cannot be known now.

    Not a 401: clients throw their credentials away on a 401 (RFC 9110, section 15.6.4).
    """

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail: Any = _("The token cannot be checked at the moment. Please try again.")
    default_code = "state_unavailable"
    # Seconds; DRF's exception handler turns it into a Retry-After header.
    wait = 5


@contextmanager
def unavailable_if_database_fails() -> Iterator[None]:
    """Turn a database that does not answer into a 503, and a value that it cannot hold into a 401."""
    try:
        yield
    except DataError as error:
        raise InvalidToken() from error
    except Error as error:
        logger.error(
            "The token state cannot be read; answering 503. If the tables of jwt_invalidation"
            " are missing, run `manage.py migrate`.",
            exc_info=True,
        )
        raise StateUnavailable() from error
