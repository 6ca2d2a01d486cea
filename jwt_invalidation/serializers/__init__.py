"""Serializers: the bodies of our endpoints, simplejwt's six among them.

Belongs here: what a body may hold, and the one call of the gate or a verb that it leads to. A project's
own serializers inherit from these names, imported from here. Imports the gate, tokens and logins.
"""

from .sessions import TokenLogoutSerializer, TokenPasswordSerializer, TokenSessionSerializer
from .tokens import (
    TokenBlacklistSerializer,
    TokenObtainPairSerializer,
    TokenObtainSlidingSerializer,
    TokenRefreshSerializer,
    TokenRefreshSlidingSerializer,
    TokenVerifySerializer,
)

__all__ = [
    "TokenBlacklistSerializer",
    "TokenLogoutSerializer",
    "TokenObtainPairSerializer",
    "TokenObtainSlidingSerializer",
    "TokenPasswordSerializer",
    "TokenRefreshSerializer",
    "TokenRefreshSlidingSerializer",
    "TokenSessionSerializer",
    "TokenVerifySerializer",
]
