"""Tokens as they were before this app, or are when code calls simplejwt directly."""

from rest_framework_simplejwt import tokens as simplejwt

from jwt_invalidation.models import TokenState


def pair_of(user):
    refresh = simplejwt.RefreshToken.for_user(user)
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


def sliding_of(user):
    return str(simplejwt.SlidingToken.for_user(user))


def forget_everybody():
    """Put the site back to the moment after `migrate`, when no state row exists yet."""
    TokenState.objects.all().delete()
