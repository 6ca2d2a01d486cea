"""The classes that a project inherits from, as the documentation shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, F, OuterRef
from django.db.models.expressions import Combinable
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.tokens import Token

from jwt_invalidation.authentication import GatedAuthenticationMixin, JWTAuthentication
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.permissions import RecentlyAuthenticated
from jwt_invalidation.serializers import TokenObtainPairSerializer, TokenRefreshSerializer
from jwt_invalidation.strategies import Claim, Strategy
from jwt_invalidation.tokens import RefreshToken
from jwt_invalidation.views import TokenObtainPairView


class OnlyWhileLoggedIn(Strategy):
    """A strategy with a fixed set of columns, in ten lines."""

    sessions = TokenSession.objects.filter(user=OuterRef("pk"), ended_at=None)
    columns = {"has_session": Exists(sessions)}

    def check(self, token: Token, user: Any) -> None:
        if not user.has_session:
            raise TokenRevoked()


class EveryHook(Strategy):
    """A strategy that overrides the whole contract."""

    is_stateless = False
    maintains_outstanding_tokens = False
    handles_rotation = False

    @property
    def columns(self) -> Mapping[str, Combinable]:
        return {"tenant": F("username"), "claimed_tenant": Claim("tenant", str)}

    def stamp(self, token: Token, user: AbstractBaseUser) -> None:
        token["tenant"] = user.get_username()

    def inherit(self, child: Token, parent: Token) -> None:
        child["tenant"] = parent["tenant"]

    def expiry_changed(self, token: Token) -> None: ...

    def refreshed(self, token: Token) -> None: ...

    def check(self, token: Token, user: AbstractBaseUser) -> None: ...

    def revoke_users(self, user_ids: Sequence[Any], revocation: Revocation) -> None: ...

    def revoke_everyone(self, revocation: Revocation) -> None: ...


class WrongCheck(Strategy):
    """A check raises or returns nothing: an answer would be overlooked."""

    def check(self, token: Token, user: AbstractBaseUser) -> bool:  # type: ignore[override]
        return False


class HeaderAuthentication(JWTAuthentication):
    """An authentication class with a header of its own."""

    def get_header(self, request: Request) -> bytes:
        return str(request.META.get("HTTP_X_TOKEN", "")).encode()

    def get_user(self, validated_token: Token) -> Any:
        return super().get_user(validated_token)


class MixedIn(GatedAuthenticationMixin):
    """The mixin alone is a complete class for a type checker."""


class ClaimingSerializer(TokenObtainPairSerializer):
    """A login whose tokens carry a claim of the project."""

    @classmethod
    def get_token(cls, user: Any) -> Any:
        token = super().get_token(user)
        token["roles"] = ["staff"] if user.is_staff else []
        return token

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        return {**super().validate(attrs), "name": str(self.user)}


class OwnRefreshToken(RefreshToken):
    """A refresh token of another lifetime."""

    lifetime = RefreshToken.lifetime * 2


class OwnRefreshSerializer(TokenRefreshSerializer):
    """A refresh of such tokens."""

    token_class = OwnRefreshToken


class LoginView(TokenObtainPairView):
    """A login view with its own serializer."""

    serializer_class = ClaimingSerializer


class PayoutView(APIView):
    """A view that requires a recent login."""

    permission_classes = [RecentlyAuthenticated]

    def post(self, request: Request) -> Response:
        return Response(status=201)
