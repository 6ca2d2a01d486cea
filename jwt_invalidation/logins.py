"""Send Django's signals of logins, failed ones and logouts where a token is used."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out, user_login_failed
from django.contrib.auth.models import update_last_login

from .users import user_model

# The dispatch_uid under which Django connects its receiver, and projects disconnect it.
LAST_LOGIN = "update_last_login"

# What Django's own signal has in place of a password.
HIDDEN = "********************"


def announce_login(user: Any, request: Any) -> None:
    """Send ``user_logged_in``. simplejwt's ``UPDATE_LAST_LOGIN`` decides about ``last_login``."""
    user_logged_in.send(sender=type(user), request=_of_django(request), user=user, by_token=True)


def announce_logout(user_id: Any, request: Any, *, using: str) -> None:
    """Send ``user_logged_out``, as Django does at a logout from its own sessions."""
    user = user_model()._base_manager.using(using).filter(pk=user_id).first()
    user_logged_out.send(sender=user_model(), request=_of_django(request), user=user)


def announce_failed_login(user: Any, request: Any) -> None:
    """Send ``user_login_failed``, as ``authenticate()`` does: lockouts count a wrong password so."""
    credentials = {user.USERNAME_FIELD: user.get_username(), "password": HIDDEN}
    # The sender is a name in Django as well.
    user_login_failed.send(
        sender="django.contrib.auth", credentials=credentials, request=_of_django(request)
    )


def leave_last_login_to_simplejwt() -> None:
    """Keep Django's receiver from writing ``last_login`` at logins by token."""
    if user_logged_in.disconnect(dispatch_uid=LAST_LOGIN):
        user_logged_in.connect(update_last_login_of_browsers, dispatch_uid=LAST_LOGIN)


def update_last_login_of_browsers(
    sender: type[Any], user: Any, by_token: bool = False, **kwargs: Any
) -> None:
    """Do what Django's receiver does, except at logins by token."""
    if not by_token:
        update_last_login(sender, user, **kwargs)


def _of_django(request: Any) -> Any:
    """Return the request that receivers expect: Django's, not DRF's wrapper."""
    return getattr(request, "_request", request)
