"""What users ask of the site."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwt_invalidation.authentication import JWTAuthentication

from .serializers import PasswordSerializer


class Me(APIView):
    """Who the bearer of the token is."""

    def get(self, request: Request) -> Response:
        """Return the key of the user, which a stateless class knows as well: the token has it."""
        return Response({"id": str(request.user.pk)})


class Password(APIView):
    """The user's own password.

    Under any strategy it asks for the class that looks the user up: with a token that was taken
    back a moment ago nobody may change a password, or pay, and only a stored user has one.
    """

    authentication_classes = [JWTAuthentication]

    def post(self, request: Request) -> Response:
        """Change it; the answer is the last one that the user's tokens get."""
        serializer = PasswordSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(status=status.HTTP_204_NO_CONTENT)
