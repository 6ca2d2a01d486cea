"""Keep the caller in: a fresh pair of tokens for a request whose own tokens have just died."""

from typing import Any

from django.utils.module_loading import import_string
from rest_framework.request import Request

from . import serializers
from .claims import AUTH_TIME, claim_of, sid_of
from .conf import conf
from .devices import answering


def reissue(request: Request) -> dict[str, str]:
    """Return a fresh ``refresh`` and ``access`` token for the user of ``request``, in a new session.

    Any view can revoke all tokens of a user and keep its own caller in: call this last, and answer
    with what it returns. The session that the request came from ends, if it has not. The login is as
    long ago as it was. Raise `CredentialsChanged` if ``request.user`` is not of the present.
    """
    with answering(request, sid=sid_of(request.auth)):
        refresh = _serializer().get_token(request.user)
    # Whoever says nothing of a login must not come out of this with one of just now.
    refresh.payload.pop(AUTH_TIME, None)
    logged_in = claim_of(request, AUTH_TIME)
    if logged_in is not None:
        refresh[AUTH_TIME] = logged_in
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


def _serializer() -> Any:
    """Return what logs users in, which may put claims of the project's own into tokens."""
    declared = import_string(conf.simplejwt.TOKEN_OBTAIN_SERIALIZER)
    if issubclass(declared, serializers.TokenObtainPairSerializer):
        return declared
    return serializers.TokenObtainPairSerializer
