"""A token is dead when its user's version, or everyone's epoch, is no longer the one it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework_simplejwt.utils import get_md5_hash_password

from ..claims import TOKEN_EPOCH, TOKEN_VERSION, is_numeric_date, is_unversioned
from ..conf import conf
from ..exceptions import MINTED_ELSEWHERE, TokenMintedElsewhere, TokenRevoked
from ..humanize import ago, in_utc
from ..models import Revocation
from ..state.snapshot import VERSION_COLUMNS
from ..state.unversioned import require_permitted
from ..state.versions import second_of
from .base import Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token

__all__ = ["VersionStrategy"]


class VersionStrategy(Strategy):
    """Compare version and epoch for equality: after a restored backup a dead one may be larger.

    A revocation needs nothing here: version and epoch are bumped whatever the strategies.
    """

    description = (
        "A token is dead when its user's version, or everyone's epoch, is no longer the one it"
        " carries."
    )
    columns: ClassVar = VERSION_COLUMNS

    def stamp(self, token: Token, user: Any) -> None:
        """Write the version and the epoch that the statement which loaded ``user`` read."""
        token[TOKEN_VERSION] = user.state_token_version
        token[TOKEN_EPOCH] = user.epoch_token_epoch or 0

    def check(self, token: Token, user: Any) -> None:
        """Raise a `TokenRevoked` unless both claims are the current ones."""
        if is_unversioned(token.payload):
            self._check_unversioned(token, user)
            return
        is_version = _is_exactly(token.get(TOKEN_VERSION), user.state_token_version)
        is_epoch = _is_exactly(token.get(TOKEN_EPOCH), user.epoch_token_epoch or 0)
        if not (is_version and is_epoch):
            raise TokenRevoked()

    def explain(self, token: Token, user: Any) -> str:
        """Return which versions were compared, and when and why the current ones were bumped."""
        if is_unversioned(token.payload):
            return f"carries no version{_explain_unversioned(token, user)}"
        version, epoch = user.state_token_version, user.epoch_token_epoch or 0
        reasons = []
        if not _is_exactly(token.get(TOKEN_VERSION), version):
            current = "has none" if version is None else f"is at {version}"
            bumped = _last_bump(user, subject_id=user.pk, scope=Revocation.Scope.USER)
            reasons.append(f"version {token.get(TOKEN_VERSION)}, but the user {current}{bumped}")
        if not _is_exactly(token.get(TOKEN_EPOCH), epoch):
            bumped = _last_bump(user, scope=Revocation.Scope.EVERYONE)
            reasons.append(f"epoch {token.get(TOKEN_EPOCH)}, but everyone is at {epoch}{bumped}")
        return "; ".join(reasons) or f"version {version} and epoch {epoch}, the current ones"

    def _check_unversioned(self, token: Token, user: Any) -> None:
        require_permitted(token)
        if conf.simplejwt.CHECK_REVOKE_TOKEN:
            # A token that simplejwt refused before this app was installed must stay refused.
            digest = get_md5_hash_password(user.password)
            if token.get(conf.simplejwt.REVOKE_TOKEN_CLAIM) != digest:
                raise TokenRevoked()
        never, epoch = 0, user.epoch_token_epoch or 0
        not_before = max(user.state_not_before or never, second_of(epoch))
        issued = token.get("iat")
        # Whole seconds: a token of the very second may be from before, so it is dead.
        is_later = is_numeric_date(issued) and int(issued) > not_before
        if not_before != never and not is_later:
            raise TokenRevoked()


def _explain_unversioned(token: Token, user: Any) -> str:
    try:
        require_permitted(token)
    except TokenMintedElsewhere:
        return f". {MINTED_ELSEWHERE}"
    except TokenRevoked:
        return ', and JWT_INVALIDATION["UNVERSIONED_TOKENS"] is "reject"'
    if conf.simplejwt.CHECK_REVOKE_TOKEN:
        claim, digest = conf.simplejwt.REVOKE_TOKEN_CLAIM, get_md5_hash_password(user.password)
        if token.get(claim) != digest:
            return f", and its {claim} is not that of the current password"
    of_user, of_everyone = user.state_not_before or 0, second_of(user.epoch_token_epoch or 0)
    not_before = max(of_user, of_everyone)
    if not not_before:
        return ", and none such was revoked yet"
    until = f"issued up to {in_utc(not_before)} are refused"
    if of_user >= of_everyone:
        bumped = _last_bump(user, subject_id=user.pk, scope=Revocation.Scope.USER)
        return f"; such tokens of the user {until}{bumped}"
    return f"; such tokens {until}{_last_bump(user, scope=Revocation.Scope.EVERYONE)}"


def _last_bump(user: Any, **conditions: Any) -> str:
    """Return the end of a sentence: when and why a version was last bumped, as far as the log knows."""
    entries = Revocation.objects.using(user._state.db).filter(**conditions)
    entry = entries.order_by("-created_at", "-id").first()
    if entry is None:
        return ""
    reasons = [entry.get_cause_display(), entry.get_reason_display()]
    words = ", ".join(f"{each[:1].lower()}{each[1:]}" for each in reasons if each)
    return f", bumped {ago(entry.created_at)}, {words}"


def _is_exactly(claim: object, current: int | None) -> bool:
    # In Python True and 1.0 equal 1. Neither is a version that this app wrote.
    return type(claim) is int and claim == current
