"""Views: our endpoints, at the names that `jwt_invalidation.urls` gives them.

Belongs here: parse a request, call one verb, answer. Rules belong further up. A project's own views
inherit from these names, imported from here. Imports serializers, permissions and the verbs.
"""

from .base import GatedTokenView, SessionEndpoint
from .sessions import (
    LogoutAllView,
    LogoutOthersView,
    LogoutView,
    PasswordView,
    SessionListView,
    SessionView,
)
from .tokens import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenObtainSlidingView,
    TokenRefreshSlidingView,
    TokenRefreshView,
    TokenVerifyView,
)

__all__ = [
    "GatedTokenView",
    "LogoutAllView",
    "LogoutOthersView",
    "LogoutView",
    "PasswordView",
    "SessionEndpoint",
    "SessionListView",
    "SessionView",
    "TokenBlacklistView",
    "TokenObtainPairView",
    "TokenObtainSlidingView",
    "TokenRefreshSlidingView",
    "TokenRefreshView",
    "TokenVerifyView",
]
