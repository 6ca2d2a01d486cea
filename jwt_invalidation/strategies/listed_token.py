"""A token class that leaves simplejwt's list of outstanding tokens to the strategy that maintains it."""

from functools import partial
from typing import Any, Self

from rest_framework_simplejwt import tokens as simplejwt

from ..claims import copy_of
from ..state.held_back import write_when_accepted
from ..token_blacklist import blacklist, blacklist_is_installed, ensure, record_as_simplejwt
from ..users import write_alias
from .active import simplejwt_maintains_outstanding_tokens


class ListedToken(simplejwt.Token):
    """Leaves simplejwt's list of outstanding tokens to the strategy that maintains it, if one does.

    simplejwt would store the text of the token. Stands between `ValidatedToken` and simplejwt in
    the MRO.
    """

    def verify(self) -> None:
        """Verify as simplejwt does, without its query if the gate's one query reads the blacklist."""
        if simplejwt_maintains_outstanding_tokens():
            super().verify()
        else:
            super(simplejwt.BlacklistMixin, self).verify()  # type: ignore[misc]  # it is one

    @classmethod
    def for_user(cls, user: Any) -> Self:
        """Return a token for ``user``, which simplejwt's own code would put on record at once."""
        token: Self = super(simplejwt.BlacklistMixin, cls).for_user(user)  # type: ignore[misc]
        if blacklist_is_installed() and simplejwt_maintains_outstanding_tokens():
            write_when_accepted(partial(record_as_simplejwt, copy_of(token), user))
        return token

    def outstand(self) -> Any:
        """Put the token on record if it is not; return what simplejwt returns."""
        return (
            super().outstand()
            if simplejwt_maintains_outstanding_tokens()
            else ensure(self, using=write_alias())
        )

    def blacklist(self) -> Any:
        """Put the token on the blacklist; return what simplejwt returns."""
        if simplejwt_maintains_outstanding_tokens():
            return super().blacklist()  # type: ignore[misc]
        return blacklist(self, using=write_alias())
