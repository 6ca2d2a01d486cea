"""The classes that make tokens: simplejwt's, and ours under each strategy."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.contrib.auth.models import User
from rest_framework_simplejwt import serializers as simplejwt
from rest_framework_simplejwt.tokens import RefreshToken

from jwt_invalidation import serializers as ours
from jwt_invalidation.token_blacklist import blacklist_is_installed
from jwt_invalidation.tokens import RefreshToken as OurRefreshToken

from .switching import BLACKLIST, EXPIRY, SESSION, VERSION, set_up

WITH_APP = """simplejwt's blacklist app is installed: each refresh token is listed, with its text,
unless the blacklist strategy lists all tokens, without"""
# simplejwt decides at import, so one process can measure only one of the two.
WITHOUT_APP = "simplejwt's blacklist app is not installed (measured in a process of its own)"


@dataclass(frozen=True)
class Mint:
    """A class of refresh tokens, the serializer that refreshes them, and the active strategy."""

    token: type[RefreshToken] = OurRefreshToken
    serializer: type[simplejwt.TokenRefreshSerializer] = ours.TokenRefreshSerializer
    strategy: str = VERSION

    def set_up(self) -> AbstractContextManager[None]:
        """Let tokens rotate; blacklist the old one if the blacklist app is installed."""
        rotation = {
            "ROTATE_REFRESH_TOKENS": True,
            "BLACKLIST_AFTER_ROTATION": blacklist_is_installed(),
        }
        return set_up(self.strategy, rotation)

    def make_pair(self, user: User) -> tuple[str, str]:
        """Return an access token and a refresh token, as the login view does."""
        refresh = self.token.for_user(user)
        return str(refresh.access_token), str(refresh)

    def refresh(self, token: str) -> Mapping[str, str]:
        """Return the next pair, as the refresh view does."""
        serializer = self.serializer(data={"refresh": token})
        serializer.is_valid(raise_exception=True)
        pair: Mapping[str, str] = serializer.validated_data
        return pair


def mints() -> dict[str, Mint]:
    """Return all mints of this process by name, simplejwt first."""
    found = {
        "simplejwt": Mint(RefreshToken, simplejwt.TokenRefreshSerializer),
        "ours: sessions": Mint(strategy=SESSION),
        "ours: version": Mint(),
        "ours: expiry": Mint(strategy=EXPIRY),
    }
    if blacklist_is_installed():
        found["ours: blacklist"] = Mint(strategy=BLACKLIST)
    return found


def describe_app() -> str:
    """Return a line that tells whether simplejwt's blacklist app is installed."""
    return WITH_APP if blacklist_is_installed() else WITHOUT_APP
