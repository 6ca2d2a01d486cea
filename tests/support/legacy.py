"""Tokens as they were before this app, or are when code calls simplejwt directly."""

from rest_framework_simplejwt import tokens as simplejwt

from jwt_invalidation.models import Installation, TokenState
from jwt_invalidation.state.installation import forget_installation


def pair_of(user):
    """Return a pair from before the installation, which ends an hour after the first stamped token."""
    begin_installation()
    return stock_pair_of(user)


def stock_pair_of(user):
    """Return a pair that simplejwt makes, whatever is on record about the installation."""
    refresh = simplejwt.RefreshToken.for_user(user)
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


def sliding_of(user):
    begin_installation()
    return str(simplejwt.SlidingToken.for_user(user))


def begin_installation():
    """Write the row that `migrate` writes, unless it is there. A flush of the database deletes it."""
    _, is_new = Installation.objects.get_or_create(pk=Installation.THE_ONE)
    if is_new:
        forget_installation()


def end_installation(latest_iat):
    """Let the installation have ended at this moment: later tokens without our claims are refused."""
    Installation.objects.update_or_create(
        pk=Installation.THE_ONE, defaults={"latest_iat": latest_iat}
    )
    forget_installation()


def forget_everybody():
    """Put the site back to the moment after `migrate`, when no state row exists yet."""
    TokenState.objects.all().delete()
