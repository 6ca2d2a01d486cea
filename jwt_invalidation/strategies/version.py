"""A token is dead when its user's version, or everyone's epoch, is no longer the one it carries."""

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework_simplejwt.utils import get_md5_hash_password

from ..claims import TOKEN_EPOCH, TOKEN_VERSION, is_numeric_date, is_unversioned
from ..conf import conf
from ..exceptions import TokenRevoked
from ..snapshot import VERSION_COLUMNS
from ..versions import second_of
from .base import Strategy

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token


class VersionStrategy(Strategy):
    """Compare for equality: a version from a restored backup may be larger and is as dead.

    Nothing to do on a revocation: version and epoch are raised whatever the strategies.
    """

    columns: ClassVar = VERSION_COLUMNS

    def stamp(self, token: "Token", user: Any) -> None:
        """Write the version and the epoch that the statement which loaded ``user`` read."""
        token[TOKEN_VERSION] = user.state_token_version
        token[TOKEN_EPOCH] = user.epoch_token_epoch or 0

    def check(self, token: "Token", user: Any) -> None:
        """Raise a `TokenRevoked` unless both claims are the present ones."""
        if is_unversioned(token.payload):
            self._check_unversioned(token, user)
            return
        is_version = _is_exactly(token.get(TOKEN_VERSION), user.state_token_version)
        is_epoch = _is_exactly(token.get(TOKEN_EPOCH), user.epoch_token_epoch or 0)
        if not (is_version and is_epoch):
            raise TokenRevoked()

    def _check_unversioned(self, token: "Token", user: Any) -> None:
        if conf.UNVERSIONED_TOKENS != "accept":
            raise TokenRevoked()
        if conf.simplejwt.CHECK_REVOKE_TOKEN:
            # What simplejwt has refused before this app was installed must not come back.
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


def _is_exactly(claim: object, present: int | None) -> bool:
    # True equals 1 and 1.0 equals 1; neither is a version that we wrote.
    return type(claim) is int and claim == present
