from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from jwt_invalidation.authentication import JWTStatelessUserAuthentication


class MeSerializer(serializers.Serializer):
    user = serializers.CharField()


class Me(APIView):
    serializer_class = MeSerializer

    def get(self, request):
        return Response({"user": request.user.get_username()})


class Catalogue(APIView):
    """What may be read for some minutes more."""

    authentication_classes = [JWTStatelessUserAuthentication]

    def get(self, request):
        return Response({"user": request.user.id})
