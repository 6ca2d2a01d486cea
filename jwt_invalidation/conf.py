"""The settings of this app, read at each use. Whether they make sense is up to the checks."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from rest_framework_simplejwt import settings as simplejwt_settings

VERSION_STRATEGY = "jwt_invalidation.strategies.version.VersionStrategy"
SESSION_STRATEGY = "jwt_invalidation.strategies.session.SessionStrategy"
EXPIRY_STRATEGY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"

#: What ``UNVERSIONED_TOKENS`` may be.
BEFORE_INSTALLATION, ACCEPT, REJECT = POLICIES = ("issued_before_installation", "accept", "reject")


class Conf:
    """Typed access to the ``JWT_INVALIDATION`` setting, a dict with these keys."""

    @property
    def STRATEGIES(self) -> Sequence[str]:
        """Dotted paths of the active strategies. A token dies if any of them says so."""
        strategies: Sequence[str] = self._declared.get(
            "STRATEGIES", [VERSION_STRATEGY, SESSION_STRATEGY]
        )
        return strategies

    @property
    def UNVERSIONED_TOKENS(self) -> str:
        """Which tokens that carry none of our claims may be let in: one of the `POLICIES`."""
        policy: str = self._declared.get("UNVERSIONED_TOKENS", BEFORE_INSTALLATION)
        return policy

    @property
    def MAX_TOKEN_LENGTH(self) -> int:
        """Length in bytes above which a token is refused unparsed."""
        length: int = self._declared.get("MAX_TOKEN_LENGTH", 8192)
        return length

    @property
    def ROTATION_GRACE(self) -> timedelta:
        """How long the predecessor of a rotated refresh token is answered with the same successor."""
        grace: timedelta = self._declared.get("ROTATION_GRACE", timedelta(seconds=10))
        return grace

    @property
    def SESSION_IDLE_LIFETIME(self) -> timedelta | None:
        """How long a session lives without use. None: as long as its refresh token."""
        lifetime: timedelta | None = self._declared.get("SESSION_IDLE_LIFETIME")
        return lifetime

    @property
    def SESSION_LIFETIME(self) -> timedelta:
        """How long a session lives, however much it is used."""
        # NIST SP 800-63B-4, section 2.1.3: at the lowest level, log in again every 30 days.
        lifetime: timedelta = self._declared.get("SESSION_LIFETIME", timedelta(days=30))
        return lifetime

    @property
    def MAX_SESSIONS_PER_USER(self) -> int | None:
        """How many devices a user may be logged in on at a time. None: any number."""
        number: int | None = self._declared.get("MAX_SESSIONS_PER_USER")
        return number

    @property
    def SESSION_LIMIT_POLICY(self) -> str:
        """``"evict"`` the session that was unused the longest, or ``"refuse"`` the login."""
        policy: str = self._declared.get("SESSION_LIMIT_POLICY", "evict")
        return policy

    @property
    def SESSION_IP_ADDRESS(self) -> str:
        """How much of a device's address is kept: ``"full"``, ``"truncated"`` or ``"none"``."""
        policy: str = self._declared.get("SESSION_IP_ADDRESS", "full")
        return policy

    @property
    def RECENT_LOGIN_AGE(self) -> timedelta:
        """How old the login may be of a user who ends sessions other than the one that asks."""
        age: timedelta = self._declared.get("RECENT_LOGIN_AGE", timedelta(minutes=15))
        return age

    @property
    def AUDIT_RETENTION(self) -> timedelta:
        """How long ``manage.py flush_tokens`` keeps the entries of the revocation log."""
        # PCI DSS 4.0.1, requirement 10.5.1: audit logs are kept for twelve months.
        retention: timedelta = self._declared.get("AUDIT_RETENTION", timedelta(days=365))
        return retention

    @property
    def leeway(self) -> timedelta:
        """How long simplejwt accepts a token after it has expired."""
        declared: timedelta | float = self.simplejwt.LEEWAY or 0
        return declared if isinstance(declared, timedelta) else timedelta(seconds=declared)

    @property
    def simplejwt(self) -> Any:
        """The settings of simplejwt. It replaces the object when ``SIMPLE_JWT`` changes."""
        return simplejwt_settings.api_settings

    @property
    def _declared(self) -> Mapping[str, Any]:
        return _declared()


@cache
def _declared() -> Mapping[str, Any]:
    # Most sites do not declare it, and Django raises an exception at each look for what is missing.
    declared: Mapping[str, Any] = getattr(settings, "JWT_INVALIDATION", {})
    return declared


def forget_settings(*, setting: str, **kwargs: Any) -> None:
    """Read the settings again after a test has overridden them."""
    if setting == "JWT_INVALIDATION":
        _declared.cache_clear()


setting_changed.connect(forget_settings, dispatch_uid="jwt_invalidation.forget_settings")

KEYS = tuple(name for name in vars(Conf) if name.isupper())
conf = Conf()
