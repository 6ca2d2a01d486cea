"""The bodies of the session endpoints."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ..claims import sid_of
from ..models import TokenSession


class TokenLogoutSerializer(serializers.Serializer[Any]):
    """Optionally, the refresh token whose session is to end."""

    refresh = serializers.CharField(required=False, write_only=True)


class TokenSessionSerializer(serializers.ModelSerializer[TokenSession]):
    """A session, as its user may see it: nothing of a token."""

    device = serializers.CharField(source="user_agent", read_only=True)
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = TokenSession
        fields = ["sid", "device", "ip_address", "created_at", "last_used_at", "is_current"]
        read_only_fields = fields

    def get_is_current(self, session: TokenSession) -> bool:
        """Tell whether it is the session that asks."""
        return session.sid == sid_of(self.context["request"].auth)


class TokenPasswordSerializer(serializers.Serializer[Any]):
    """The old password, as proof, and the new one."""

    # Blanks at the ends are dropped, for so does simplejwt's login.
    old_password = serializers.CharField(write_only=True)
    new_password = serializers.CharField(write_only=True)

    def validate_old_password(self, value: str) -> str:
        """Raise a ``ValidationError`` unless it is the present one."""
        if not self.context["request"].user.check_password(value):
            raise serializers.ValidationError(_("This is not your password."))
        return value

    def validate_new_password(self, value: str) -> str:
        """Raise a ``ValidationError`` if one of the site's validators objects."""
        try:
            validate_password(value, self.context["request"].user)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return value
