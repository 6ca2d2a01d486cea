"""How long after its revocation a token may still be let in, in the worst case."""

from datetime import timedelta
from typing import NamedTuple

from ..conf import conf
from ..strategies.active import active_strategies
from ..strategies.expiry import LONGEST, ExpiryStrategy
from .durations import ENDLESS, NOTHING
from .entrances import Survey
from .lifetimes import lifetimes_by_type, longest_use


class Delays(NamedTuple):
    """The longest delay at each kind of place; nothing where the site has no such place.

    Where the gate stands and asks the database, there is none.
    """

    stateless: timedelta
    unguarded_authentication: timedelta
    unguarded_views_of_tokens: timedelta

    @property
    def worst_case(self) -> timedelta:
        """The longest of them all."""
        return max(self)


def estimate_delays(survey: Survey) -> Delays:
    """Return the delays at the places that a survey has found."""
    return Delays(
        _until_refused(_longest_stateless_use()) if survey.stateless else NOTHING,
        _until_refused(longest_use()) if survey.is_authentication_unguarded else NOTHING,
        _until_refused(_longest_renewal()) if survey.is_view_of_tokens_unguarded else NOTHING,
    )


def _longest_stateless_use() -> timedelta:
    is_capped = any(isinstance(each, ExpiryStrategy) for each in active_strategies())
    return min(longest_use(), LONGEST) if is_capped else longest_use()


def _longest_renewal() -> timedelta:
    # Each refresh would make a new refresh token of the one that was revoked.
    if conf.simplejwt.ROTATE_REFRESH_TOKENS:
        return ENDLESS
    return max(lifetimes_by_type().values())


def _until_refused(lifetime: timedelta) -> timedelta:
    return lifetime if lifetime == ENDLESS else lifetime + conf.leeway
