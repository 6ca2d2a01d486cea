"""The settings of this app, read at each use: conf believes, checks doubts."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from rest_framework_simplejwt import settings as simplejwt_settings

VERSION_STRATEGY = "jwt_invalidation.strategies.version.VersionStrategy"


class Conf:
    """Typed access to the ``JWT_INVALIDATION`` setting, a dict with these keys."""

    @property
    def STRATEGIES(self) -> Sequence[str]:
        """Dotted paths of the strategies; a token dies if any of them says so."""
        strategies: Sequence[str] = self._declared.get("STRATEGIES", [VERSION_STRATEGY])
        return strategies

    @property
    def UNVERSIONED_TOKENS(self) -> str:
        """``"accept"`` or ``"reject"`` tokens that carry none of our claims."""
        policy: str = self._declared.get("UNVERSIONED_TOKENS", "accept")
        return policy

    @property
    def MAX_TOKEN_LENGTH(self) -> int:
        """Length in bytes above which a token is refused unparsed."""
        length: int = self._declared.get("MAX_TOKEN_LENGTH", 8192)
        return length

    @property
    def simplejwt(self) -> Any:
        """The settings of simplejwt, which replaces the object when ``SIMPLE_JWT`` changes."""
        return simplejwt_settings.api_settings

    @property
    def _declared(self) -> Mapping[str, Any]:
        return _declared()


@cache
def _declared() -> Mapping[str, Any]:
    # Kept: asking for a setting in vain, as most sites do here, costs Django an exception each time.
    declared: Mapping[str, Any] = getattr(settings, "JWT_INVALIDATION", {})
    return declared


def forget_settings(*, setting: str, **kwargs: Any) -> None:
    """Read the settings again after a test has overridden them."""
    if setting == "JWT_INVALIDATION":
        _declared.cache_clear()


setting_changed.connect(forget_settings, dispatch_uid="jwt_invalidation.forget_settings")

KEYS = tuple(name for name in vars(Conf) if name.isupper())
conf = Conf()
