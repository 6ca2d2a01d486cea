"""The API of the site."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwt_invalidation.authentication import JWTAuthentication

from .serializers import PasswordSerializer


class Me(APIView):
    """The user of the token."""

    def get(self, request: Request) -> Response:
        """Return the key of the user. A stateless class knows it as well: the token contains it."""
        return Response({"id": str(request.user.pk)})


class Password(APIView):
    """The password of the user.

    The view names the class that loads the user, whatever the strategy: a token that was revoked a
    moment ago must not change a password, and only a stored user has one.
    """

    authentication_classes = [JWTAuthentication]

    def post(self, request: Request) -> Response:
        """Change the password. All tokens of the user are refused afterwards."""
        serializer = PasswordSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(status=status.HTTP_204_NO_CONTENT)
