"""Whether ``UNVERSIONED_TOKENS`` permits a token without our claims, whoever its user is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conf import ACCEPT, BEFORE_INSTALLATION, conf
from ..exceptions import TokenMintedElsewhere, TokenRevoked
from ..users import write_alias
from .installation import is_from_before

if TYPE_CHECKING:
    from rest_framework_simplejwt.tokens import Token


def require_permitted(token: Token) -> None:
    """Raise a `TokenRevoked` unless the site permits the token, which carries none of our claims."""
    policy = conf.UNVERSIONED_TOKENS
    if policy == ACCEPT:
        return
    if policy != BEFORE_INSTALLATION:
        raise TokenRevoked()
    if not is_from_before(token.get("iat"), using=write_alias()):
        raise TokenMintedElsewhere()
