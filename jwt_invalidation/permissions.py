"""The DRF permission that requires a recent login."""

import time
from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from .claims import AUTH_TIME, claim_of, is_numeric_date
from .conf import conf
from .exceptions import LoginTooLongAgo

__all__ = ["RecentlyAuthenticated"]


class RecentlyAuthenticated(IsAuthenticated):
    """Lets in users whose login, by the claim ``auth_time``, is no older than ``RECENT_LOGIN_AGE``.

    Raises `LoginTooLongAgo`, a 401 with the challenge of RFC 9470. ASVS 5.0, item 7.5.2.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether there is a user; raise if the login is too old, or its time unknown."""
        if not super().has_permission(request, view):
            return False
        max_age = int(conf.RECENT_LOGIN_AGE.total_seconds())
        logged_in = claim_of(request, AUTH_TIME)
        # A time in the future is from a clock that ran ahead. It counts as equally far away.
        if not is_numeric_date(logged_in) or abs(time.time() - logged_in) > max_age:
            raise LoginTooLongAgo(max_age)
        return True
