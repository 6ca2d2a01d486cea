"""A token, of whatever type, is dead when simplejwt's blacklist has its ``jti``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Subquery
from django.db.models.expressions import Combinable

from ..claims import TOKEN_VERSION, copy_of
from ..conf import conf
from ..exceptions import CredentialsChanged, TokenRevoked
from ..state.held_back import write_when_accepted
from ..token_blacklist import blacklist_all, blacklist_tokens_of, outstanding, prolong, record
from ..users import write_alias
from .base import Claim, Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

    from ..models import Revocation

__all__ = ["BlacklistStrategy"]


class BlacklistStrategy(Strategy):
    """Record every token that is minted; list all that a user holds when they are revoked.

    Uses the tables of simplejwt's ``token_blacklist`` app, whose own entries keep their meaning. A
    token that is not on record was minted before: it is not blacklisted, and dies of its version.
    """

    description = "A token is dead when simplejwt's blacklist has its jti: access tokens, too."
    maintains_outstanding_tokens = True

    @property
    def columns(self) -> Mapping[str, Combinable]:
        """The ``jti`` as the blacklist has it, or null."""
        jti = Claim(conf.simplejwt.JTI_CLAIM, str)
        listed = outstanding(write_alias(), jti=jti, blacklistedtoken__isnull=False)
        return {"blacklisted_jti": Subquery(listed.order_by().values("jti"))}

    def stamp(self, token: Token, user: Any) -> None:
        """Put the token on record; raise `CredentialsChanged` if its user was revoked meanwhile."""
        write_when_accepted(
            partial(
                _record_new, copy_of(token), version=user.state_token_version, using=user._state.db
            )
        )

    def inherit(self, child: Token, parent: Token) -> None:
        """Put the child on record; raise a `TokenRevoked` if its parent was revoked meanwhile."""
        write_when_accepted(
            partial(
                record,
                copy_of(child),
                version=child.get(TOKEN_VERSION),
                parent=copy_of(parent),
                using=write_alias(),
            )
        )

    def expiry_changed(self, token: Token) -> None:
        """Keep the record until the new expiry, so that no flush can revive the token."""
        write_when_accepted(
            partial(prolong, copy_of(token), version=token[TOKEN_VERSION], using=write_alias())
        )

    def check(self, token: Token, user: Any) -> None:
        """Raise a `TokenRevoked` if the token is on the blacklist."""
        # Compared in Python: some databases compare without regard to case.
        if user.blacklisted_jti == token[conf.simplejwt.JTI_CLAIM]:
            raise TokenRevoked()

    def explain(self, token: Token, user: Any) -> str:
        """Return since when the token is on the blacklist, or whether it is on record at all."""
        own = outstanding(user._state.db, jti=token[conf.simplejwt.JTI_CLAIM])
        recorded = own.values_list("blacklistedtoken__blacklisted_at").first()
        if recorded is None:
            return "not on record: minted before this strategy was active, or flushed since"
        [since] = recorded
        if since is None:
            return "not on the blacklist"
        # Without USE_TZ there is no zone to name.
        return f"on the blacklist since {since:%Y-%m-%d %H:%M:%S %Z}".rstrip()

    def revoke_users(self, user_ids: Sequence[Any], revocation: Revocation) -> None:
        """Blacklist all that these users hold."""
        blacklist_tokens_of(user_ids, using=_alias_of(revocation))

    def revoke_everyone(self, revocation: Revocation) -> None:
        """Blacklist all tokens that are on record, in batches: each is a transaction of its own.

        A token that is minted at the same moment is refused because of its epoch.
        """
        blacklist_all(using=_alias_of(revocation))


def _record_new(token: Token, *, version: int, using: str) -> None:
    try:
        record(token, version=version, using=using)
    except TokenRevoked as error:
        raise CredentialsChanged() from error


def _alias_of(revocation: Revocation) -> str:
    return revocation._state.db or write_alias()
