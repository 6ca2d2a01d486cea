"""Send Django's ``user_logged_in`` and ``user_logged_out`` where tokens begin and end."""

from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out
from django.contrib.auth.models import update_last_login

from .users import user_model

# Under which Django connects its own receiver, and projects disconnect it.
LAST_LOGIN = "update_last_login"


def announce_login(user: Any, request: Any) -> None:
    """Send ``user_logged_in``; whether ``last_login`` is written is said by ``UPDATE_LAST_LOGIN``."""
    user_logged_in.send(sender=type(user), request=_of_django(request), user=user, by_token=True)


def announce_logout(user_id: Any, request: Any, *, using: str) -> None:
    """Send ``user_logged_out``, as Django does for whoever logs out of a session of the browser."""
    user = user_model()._base_manager.using(using).filter(pk=user_id).first()
    user_logged_out.send(sender=user_model(), request=_of_django(request), user=user)


def leave_last_login_to_simplejwt() -> None:
    """Keep Django's receiver from writing at token logins what simplejwt's setting says not to."""
    if user_logged_in.disconnect(dispatch_uid=LAST_LOGIN):
        user_logged_in.connect(update_last_login_of_browsers, dispatch_uid=LAST_LOGIN)


def update_last_login_of_browsers(
    sender: type[Any], user: Any, by_token: bool = False, **kwargs: Any
) -> None:
    """Do as Django's receiver does, but for logins that simplejwt has seen to."""
    if not by_token:
        update_last_login(sender, user, **kwargs)


def _of_django(request: Any) -> Any:
    """Return the request that receivers know: Django's, not DRF's around it."""
    return getattr(request, "_request", request)
