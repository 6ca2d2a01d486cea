"""Keep the caller logged in: a fresh pair of tokens after the request's own tokens were revoked."""

from typing import Any

from rest_framework.request import Request

from .claims import AUTH_TIME, claim_of, sid_of
from .serializers import TokenObtainPairSerializer
from .serializers.tokens import guarded
from .sessions import device_of

__all__ = ["reissue"]


def reissue(request: Request) -> dict[str, str]:
    """Return a fresh ``refresh`` and ``access`` token for the user of ``request``, in a new session.

    Any view can revoke all tokens of a user and keep its own caller logged in: call this last, and
    answer with what it returns. The session that the request came from ends, if it has not. The time
    of the login stays as it was. Raise `CredentialsChanged` if ``request.user`` is no longer what is
    stored, and ``ImproperlyConfigured`` where a login does.
    """
    # The serializer of logins, which may put claims of the project's own into tokens.
    serializer: Any = guarded(TokenObtainPairSerializer, "TOKEN_OBTAIN_SERIALIZER")
    with device_of(request, sid=sid_of(request.auth)):
        refresh = serializer.get_token(request.user)
    # A request without the time of a login must not get one of just now.
    refresh.payload.pop(AUTH_TIME, None)
    logged_in = claim_of(request, AUTH_TIME)
    if logged_in is not None:
        refresh[AUTH_TIME] = logged_in
    return {"refresh": str(refresh), "access": str(refresh.access_token)}
