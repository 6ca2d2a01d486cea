"""simplejwt's token classes: validated before any database access, stamped at birth."""

from copy import copy
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError

from . import gate
from .claims import is_unversioned, require_jti, require_numeric_date, require_versions
from .conf import conf
from .exceptions import unavailable_if_database_fails
from .strategies.force import strategies_in_force


class ValidatedToken(simplejwt.Token):
    """Refuses what simplejwt would stumble over. Stands above it in the MRO.

    simplejwt's blacklist queries with the ``jti`` as it comes, before anything has looked at it.
    """

    #: Claims beside ``exp`` that must be a NumericDate.
    dates: ClassVar[tuple[str, ...]] = ()

    def __init__(self, token: Any = None, verify: bool = True) -> None:
        if token is not None and len(token) > conf.MAX_TOKEN_LENGTH:
            raise TokenError(_("Token is invalid"))
        try:
            super().__init__(token, verify)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            # What PyJWT's parser makes of hostile headers and claims, release by release.
            raise TokenError(_("Token is invalid")) from error

    def verify(self) -> None:
        """Raise a ``TokenError`` unless every claim is of a kind that was ever written."""
        for claim in ("exp", *self.dates):
            require_numeric_date(self.payload, claim)
        if conf.simplejwt.JTI_CLAIM is not None:
            require_jti(self.payload, conf.simplejwt.JTI_CLAIM)
        require_versions(self.payload)
        if isinstance(self, simplejwt.BlacklistMixin) and blacklist_is_installed():
            # simplejwt's look at the blacklist comes next, and before its own of the type.
            gate.require_user_id(self)
            if conf.simplejwt.TOKEN_TYPE_CLAIM is not None:
                self.verify_token_type()
        with unavailable_if_database_fails():
            super().verify()


class StampedToken(simplejwt.Token):
    """Stamped at birth. Stands below simplejwt in the MRO, whose blacklist stores what it finds."""

    @classmethod
    def for_user(cls, user: Any) -> Self:
        """Return a token for ``user``; raise `CredentialsChanged` if it is no longer entitled."""
        entitled = gate.entitle(user)
        if not hasattr(user, "id"):
            # simplejwt logs the ``id`` of inactive users, whatever their key is called.
            user = copy(user)
            user.id = user.pk
        token: Self = super().for_user(user)
        # With CHECK_REVOKE_TOKEN simplejwt shows every client a digest of the password hash.
        token.payload.pop(conf.simplejwt.REVOKE_TOKEN_CLAIM, None)
        gate.stamp(token, entitled)
        return token

    def set_exp(
        self,
        claim: str = "exp",
        from_time: datetime | None = None,
        lifetime: timedelta | None = None,
    ) -> None:
        """Set the time when the token expires; strategies are told of a change after its birth."""
        super().set_exp(claim, from_time, lifetime)
        if claim == "exp" and not is_unversioned(self.payload):
            for strategy in strategies_in_force():
                strategy.reschedule(self)


class AccessToken(ValidatedToken, simplejwt.AccessToken, StampedToken):
    """An access token that can be revoked."""


class RefreshToken(ValidatedToken, simplejwt.RefreshToken, StampedToken):  # type: ignore[misc]  # simplejwt's own for_user is declared in two ways
    """A refresh token that can be revoked, with all that is made of it."""

    access_token_class = AccessToken

    @property
    def access_token(self) -> AccessToken:
        """Return an access token with the claims of this one: never re-stamped."""
        access = cast(AccessToken, super().access_token)
        for strategy in strategies_in_force():
            strategy.inherit(access, self)
        return access

    def rotate(self) -> Self:
        """Return the successor of this token, which is blacklisted if simplejwt is set to."""
        successor = copy(self)
        successor.payload = dict(self.payload)
        successor.set_jti()
        successor.set_exp()
        successor.set_iat()
        for strategy in strategies_in_force():
            strategy.inherit(successor, self)
        successor.outstand()
        # Last: whoever gets no answer because the database failed before must be able to try again.
        if conf.simplejwt.BLACKLIST_AFTER_ROTATION and blacklist_is_installed():
            self.blacklist()
        return successor


class SlidingToken(ValidatedToken, simplejwt.SlidingToken, StampedToken):  # type: ignore[misc]  # as above
    """A sliding token that can be revoked."""

    @property
    def dates(self) -> tuple[str, ...]:  # type: ignore[override]  # read late, as settings are
        """The claim that ends its refreshing, as well."""
        return (conf.simplejwt.SLIDING_TOKEN_REFRESH_EXP_CLAIM,)


class AnyToken(ValidatedToken, simplejwt.BlacklistMixin["AnyToken"], simplejwt.UntypedToken):
    """A genuine token of any type that is let in somewhere, for the verify endpoint."""

    def verify_token_type(self) -> None:
        """Raise a ``TokenError`` if no entrance takes the type, which simplejwt does not ask."""
        somewhere = {AccessToken, RefreshToken, SlidingToken, *conf.simplejwt.AUTH_TOKEN_CLASSES}
        if self.get(conf.simplejwt.TOKEN_TYPE_CLAIM) not in [each.token_type for each in somewhere]:
            raise TokenError(_("Token has wrong type"))


OURS: dict[type[simplejwt.Token], type[simplejwt.Token]] = {
    simplejwt.AccessToken: AccessToken,
    simplejwt.RefreshToken: RefreshToken,
    simplejwt.SlidingToken: SlidingToken,
    simplejwt.UntypedToken: AnyToken,
}


@cache
def validated(token_class: type[simplejwt.Token]) -> type[simplejwt.Token]:
    """Return ours for a token class of simplejwt's; for a project's own, itself made to validate."""
    if issubclass(token_class, ValidatedToken):
        return token_class
    if token_class in OURS:
        return OURS[token_class]
    return type(token_class.__name__, (ValidatedToken, token_class), {})


def blacklist_is_installed() -> bool:
    """Is simplejwt's own blacklist in use, beside this app? It knows its app by this name only."""
    return "rest_framework_simplejwt.token_blacklist" in settings.INSTALLED_APPS
