"""Holds a token class of simplejwt's, the module of its classes, and a class to inherit from."""

from rest_framework_simplejwt import authentication
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import RefreshToken

from jwt_invalidation.authentication import GatedAuthenticationMixin


class CookieAuthentication(GatedAuthenticationMixin, JWTAuthentication):
    pass


def log_in(request):
    assert authentication
    return RefreshToken.for_user(request.user)
