"""Who may revoke tokens, and so may see who is in."""

from typing import Any

from django.http import HttpRequest

from ..strategies.active import sessions_are_on


def may_revoke(request: HttpRequest) -> bool:
    """May whoever asks revoke tokens?"""
    user: Any = request.user
    return bool(user.has_perm("jwt_invalidation.revoke_tokens"))


def may_see_sessions(request: HttpRequest) -> bool:
    """May whoever asks see sessions, and end them? Nobody may where no token is held to its session.

    There the rows of old sessions would be taken for who is in, and to end one would end nothing.
    """
    return sessions_are_on() and may_revoke(request)
