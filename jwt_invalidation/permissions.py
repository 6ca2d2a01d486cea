"""The DRF permission that asks for a recent login."""

import time
from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from .claims import AUTH_TIME, claim_of, is_numeric_date
from .conf import conf
from .exceptions import LoginTooLongAgo


class RecentlyAuthenticated(IsAuthenticated):
    """Lets in whoever logged in a short while ago, ``RECENT_LOGIN_AGE``, by the claim ``auth_time``.

    Raises `LoginTooLongAgo`, a 401 with the challenge of RFC 9470. ASVS 5.0, item 7.5.2.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Answer whether there is a user; raise if the login was too long ago, or when is not known."""
        if not super().has_permission(request, view):
            return False
        max_age = int(conf.RECENT_LOGIN_AGE.total_seconds())
        logged_in = claim_of(request, AUTH_TIME)
        # A time to come is from a clock that ran ahead, and as far from now.
        if not is_numeric_date(logged_in) or abs(time.time() - logged_in) > max_age:
            raise LoginTooLongAgo(max_age)
        return True
