"""What users ask of the site. Nothing here knows that tokens can be revoked."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .serializers import PasswordSerializer


class Me(APIView):
    """Who the bearer of the token is."""

    def get(self, request: Request) -> Response:
        """Return the name of the user."""
        return Response({"username": request.user.get_username()})


class Password(APIView):
    """The user's own password."""

    def post(self, request: Request) -> Response:
        """Change it; the answer is the last one that the user's tokens get."""
        serializer = PasswordSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(status=status.HTTP_204_NO_CONTENT)
