"""A token is dead when simplejwt's blacklist has its ``jti``: access tokens, too."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Subquery
from django.db.models.expressions import Combinable

from ..claims import TOKEN_VERSION
from ..conf import conf
from ..db.batches import batches
from ..exceptions import CredentialsChanged, TokenRevoked
from ..state.locks import lock_epoch
from ..token_blacklist import blacklist_all, blacklist_tokens_of, outstanding, prolong, record
from ..users import write_alias
from .base import Claim, Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

    from ..models import Revocation


class BlacklistStrategy(Strategy):
    """Record every token that is minted; list all that a user holds when they are revoked.

    Stands on simplejwt's ``token_blacklist`` app, which goes on to mean what it means. A token that
    is on no record was minted before: it is not blacklisted, and judged by its version.
    """

    description = "A token is dead when simplejwt's blacklist has its jti: access tokens, too."
    maintains_outstanding_tokens = True

    @property
    def columns(self) -> Mapping[str, Combinable]:
        """The ``jti``, as the blacklist has it, if it does."""
        jti = Claim(conf.simplejwt.JTI_CLAIM, str)
        listed = outstanding(write_alias(), jti=jti, blacklistedtoken__isnull=False)
        return {"blacklisted_jti": Subquery(listed.order_by().values("jti"))}

    def stamp(self, token: "Token", user: Any) -> None:
        """Put the token on record; raise `CredentialsChanged` if its user was revoked meanwhile."""
        if not record(token, version=user.state_token_version, using=user._state.db):
            raise CredentialsChanged()

    def inherit(self, child: "Token", parent: "Token") -> None:
        """Put the child on record; raise a `TokenRevoked` if its parent was revoked meanwhile."""
        version = child.get(TOKEN_VERSION)
        if not record(child, version=version, parent=parent, using=write_alias()):
            raise TokenRevoked()

    def expiry_changed(self, token: "Token") -> None:
        """Keep the record until the new expiry, so that no flush can revive the token."""
        if not prolong(token, version=token[TOKEN_VERSION], using=write_alias()):
            raise TokenRevoked()

    def check(self, token: "Token", user: Any) -> None:
        """Raise a `TokenRevoked` if the token is on the blacklist."""
        # Compared here: some databases compare without regard to case.
        if user.blacklisted_jti == token[conf.simplejwt.JTI_CLAIM]:
            raise TokenRevoked()

    def explain(self, token: "Token", user: Any) -> str:
        """Return since when the token is on the blacklist, or whether it is on record at all."""
        own = outstanding(user._state.db, jti=token[conf.simplejwt.JTI_CLAIM])
        recorded = own.values_list("blacklistedtoken__blacklisted_at").first()
        if recorded is None:
            return "not on record, so minted before this strategy was in force, or flushed since"
        [since] = recorded
        if since is None:
            return "not on the blacklist"
        # Without USE_TZ there is no zone to tell.
        return f"on the blacklist since {since:%Y-%m-%d %H:%M:%S %Z}".rstrip()

    def revoke_users(self, user_ids: Sequence[Any], revocation: "Revocation") -> None:
        """Blacklist all that these users hold."""
        using = _alias_of(revocation)
        if len(batches(user_ids, using=using)) > 1:
            # Two orders of listing would meet: by users here, by tokens there.
            lock_epoch(using=using)
        blacklist_tokens_of(user_ids, using=using)

    def revoke_everyone(self, revocation: "Revocation") -> None:
        """Blacklist all there is, in one statement, which takes its time if there is much.

        A token that is minted in this very moment is refused by its epoch.
        """
        blacklist_all(using=_alias_of(revocation))


def _alias_of(revocation: "Revocation") -> str:
    return revocation._state.db or write_alias()
