"""Strategies of a project's own."""

from django.db.models import F

from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.strategies import Strategy


class StaffSuspended(Strategy):
    """Refuses staff, as a tenant that is suspended would be."""

    columns = {"suspended": F("is_staff")}

    def check(self, token, user):
        if user.suspended:
            raise TokenRevoked()
