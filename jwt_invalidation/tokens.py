"""simplejwt's token classes, validated before any database access and stamped when minted."""

from copy import copy
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, Self, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_to_epoch

from . import claims, gate
from .conf import conf
from .db.unavailable import unavailable_if_database_fails
from .sessions.succession import lifetime_of
from .state.held_back import write_when_accepted
from .strategies.active import (
    active_strategies,
    rotation_is_handled,
    sessions_are_on,
    simplejwt_maintains_outstanding_tokens,
)
from .strategies.listed_token import ListedToken
from .token_blacklist import blacklist_is_installed
from .users import write_alias

__all__ = ["AccessToken", "AnyToken", "RefreshToken", "SlidingToken"]


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
            # PyJWT's parser raises these for hostile headers and claims; which, depends on its release.
            raise TokenError(_("Token is invalid")) from error

    def __str__(self) -> str:
        """Return the signed token; raise ``ImproperlyConfigured`` if no request could show it."""
        text = super().__str__()
        if len(text) > conf.MAX_TOKEN_LENGTH:
            raise ImproperlyConfigured(
                f"The token has {len(text)} bytes, and a token of more than {conf.MAX_TOKEN_LENGTH}"
                " is refused. Put fewer claims into it in get_token(), or raise"
                ' JWT_INVALIDATION["MAX_TOKEN_LENGTH"].'
            )
        return text

    def verify(self) -> None:
        """Raise a ``TokenError`` if a claim is of a kind that neither simplejwt nor this app writes."""
        for claim in ("exp", *self.dates):
            claims.require_numeric_date(self.payload, claim)
        if conf.simplejwt.JTI_CLAIM is not None:
            claims.require_jti(self.payload, conf.simplejwt.JTI_CLAIM)
        claims.require_versions(self.payload)
        if not (isinstance(self, simplejwt.BlacklistMixin) and blacklist_is_installed()):
            super().verify()
            return
        # simplejwt looks at the blacklist before it looks at the type, so both are verified first.
        gate.require_user_id(self)
        if conf.simplejwt.TOKEN_TYPE_CLAIM is not None:
            self.verify_token_type()
        with unavailable_if_database_fails():
            super().verify()

    def check_exp(self, claim: str = "exp", current_time: datetime | None = None) -> None:
        """Raise a ``TokenError`` if the time in ``claim`` has passed; ask simplejwt only in doubt."""
        moment = current_time or self.current_time
        expiry: Any = self.payload.get(claim)
        # Computed as simplejwt does: without USE_TZ its naive times are in UTC.
        if not (claims.is_numeric_date(expiry) and expiry >= datetime_to_epoch(moment) + 1):
            super().check_exp(claim, current_time)


class StampedToken(simplejwt.Token):
    """Stamped when minted. Stands below simplejwt in the MRO, whose blacklist stores what it finds."""

    #: Is the token still being made of another? Strategies are told when it is complete.
    is_being_made = False

    @classmethod
    def for_user(cls, user: Any) -> Self:
        """Return a token for ``user``; raise `CredentialsChanged` if the user may not have one."""
        stored = gate.load_user_for_minting(user)
        if not hasattr(user, "id"):
            # simplejwt logs the ``id`` of inactive users, whatever their key is called.
            user = copy(user)
            user.id = user.pk
        token: Self = super().for_user(user)
        # With CHECK_REVOKE_TOKEN simplejwt shows every client a digest of the password hash.
        token.payload.pop(conf.simplejwt.REVOKE_TOKEN_CLAIM, None)
        gate.stamp(token, stored)
        return token

    def set_jti(self) -> None:
        """Give the token a new id; one that was stamped becomes the successor of itself.

        So a project's code that rotates as simplejwt does leaves one lineage, and stops a thief.
        """
        former = claims.copy_of(self)
        super().set_jti()
        if self.is_being_made or claims.is_unversioned(former.payload):
            return
        for strategy in active_strategies():
            strategy.inherit(self, former)

    def set_exp(
        self,
        claim: str = "exp",
        from_time: datetime | None = None,
        lifetime: timedelta | None = None,
    ) -> None:
        """Set the time at which the token expires; tell the strategies if it was minted before."""
        super().set_exp(claim, from_time, lifetime)
        self._tell_if_expiry(claim)

    def __setitem__(self, claim: str, value: Any) -> None:
        claims.require_own(self.payload, claim, value)
        super().__setitem__(claim, value)
        self._tell_if_expiry(claim)

    def _tell_if_expiry(self, claim: str) -> None:
        if claim == "exp" and not self.is_being_made and not claims.is_unversioned(self.payload):
            for strategy in active_strategies():
                strategy.expiry_changed(self)


class AccessToken(ValidatedToken, simplejwt.AccessToken, StampedToken):
    """An access token that can be revoked."""


class RefreshToken(ValidatedToken, ListedToken, simplejwt.RefreshToken, StampedToken):
    """A refresh token that can be revoked, with all that is made of it."""

    access_token_class = AccessToken

    @property
    def access_token(self) -> AccessToken:
        """Return an access token with the claims of this one: never re-stamped."""
        access = cast(AccessToken, super().access_token)
        for strategy in active_strategies():
            strategy.inherit(access, self)
        return access

    def rotate(self) -> Self:
        """Return the successor of this token, which is blacklisted if simplejwt is set to."""
        successor = claims.copy_of(self)
        successor.is_being_made = True
        successor.set_jti()
        successor.set_exp()
        successor.set_iat()
        successor.is_being_made = False
        if not rotation_is_handled():
            # The session's row would not name the successor, which would be taken for a stolen one.
            successor.payload.pop(claims.SID, None)
        for strategy in active_strategies():
            strategy.inherit(successor, self)
        if self._is_in_session():
            return successor
        if simplejwt_maintains_outstanding_tokens():
            write_when_accepted(claims.copy_of(successor).outstand)
        # Last, so that a client that gets no answer because the database failed can try again.
        if conf.simplejwt.BLACKLIST_AFTER_ROTATION and blacklist_is_installed():
            write_when_accepted(self.blacklist)
        return successor

    def refreshed(self) -> None:
        """Tell the strategies that the token was used and stays: refresh tokens do not rotate."""
        for strategy in active_strategies():
            strategy.refreshed(self)

    def _is_in_session(self) -> bool:
        # The session's row names its tokens. simplejwt's list would grow with each refresh, and its
        # blacklist has no grace: the second of two tabs that refresh at once would be refused.
        return claims.SID in self and rotation_is_handled()


class SlidingToken(ValidatedToken, ListedToken, simplejwt.SlidingToken, StampedToken):
    """A sliding token that can be revoked."""

    def renew(self) -> None:
        """Let the token live from now on as long as it did, and say that it is issued now."""
        lifetime = None
        if claims.SID in self and sessions_are_on():
            lifetime = lifetime_of(self, using=write_alias())
        self.set_exp(lifetime=lifetime)
        self.set_iat()

    @property
    def dates(self) -> tuple[str, ...]:  # type: ignore[override]  # read late, as settings are
        """The claim that says until when it can be refreshed."""
        return (conf.simplejwt.SLIDING_TOKEN_REFRESH_EXP_CLAIM,)


class AnyToken(
    ValidatedToken, ListedToken, simplejwt.BlacklistMixin["AnyToken"], simplejwt.UntypedToken
):
    """A genuine token of any type that one of our views accepts, for the verify endpoint."""

    def verify_token_type(self) -> None:
        """Raise a ``TokenError`` if no view accepts the type. simplejwt accepts any."""
        accepted = {AccessToken, RefreshToken, SlidingToken, *conf.simplejwt.AUTH_TOKEN_CLASSES}
        if self.get(conf.simplejwt.TOKEN_TYPE_CLAIM) not in [each.token_type for each in accepted]:
            raise TokenError(_("Token has wrong type"))


#: simplejwt's token classes, and ours in their place.
OURS: dict[type[simplejwt.Token], type[simplejwt.Token]] = {
    simplejwt.AccessToken: AccessToken,
    simplejwt.RefreshToken: RefreshToken,
    simplejwt.SlidingToken: SlidingToken,
    simplejwt.UntypedToken: AnyToken,
}


@cache
def validated(token_class: type[simplejwt.Token]) -> type[simplejwt.Token]:
    """Return ours for a token class of simplejwt's, and for a project's own a child that validates."""
    if issubclass(token_class, ValidatedToken):
        return token_class
    if token_class in OURS:
        return OURS[token_class]
    return type(token_class.__name__, (ValidatedToken, token_class), {})
