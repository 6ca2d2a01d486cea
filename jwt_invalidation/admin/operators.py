"""Who may revoke tokens, and therefore see sessions."""

from typing import Any

from django.http import HttpRequest

from ..strategies.active import sessions_are_on


def may_revoke(request: HttpRequest) -> bool:
    """May the user of this request revoke tokens?"""
    user: Any = request.user
    return bool(user.has_perm("jwt_invalidation.revoke_tokens"))


def may_see_sessions(request: HttpRequest) -> bool:
    """May the user of this request see sessions and end them?

    Nobody may while `SessionStrategy` is not active: the rows on record are then out of date, and
    ending one has no effect.
    """
    return sessions_are_on() and may_revoke(request)
