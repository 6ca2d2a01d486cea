"""The bodies of the session endpoints."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ..claims import sid_of
from ..logins import announce_failed_login
from ..models import TokenSession


class TokenLogoutSerializer(serializers.Serializer[Any]):
    """The refresh token whose session is to end. It is optional."""

    refresh = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, write_only=True
    )


class TokenSessionSerializer(serializers.ModelSerializer[TokenSession]):
    """A session as its user may see it, without anything of a token."""

    device = serializers.CharField(source="user_agent", read_only=True)
    last_used_at = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text=_("When it was last used, to the minute. Null for the session that asks."),
    )
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = TokenSession
        fields = ["sid", "device", "ip_address", "created_at", "last_used_at", "is_current"]
        read_only_fields = fields

    def to_representation(self, instance: TokenSession) -> dict[str, Any]:
        """Return what is shown of a session.

        Not when the session that asks was last used: a thief who holds one of its tokens would see
        when the owner refreshes, and could refresh within the grace of that.
        """
        shown = super().to_representation(instance)
        if self.get_is_current(instance):
            shown["last_used_at"] = None
        return shown

    def get_is_current(self, session: TokenSession) -> bool:
        """Return whether the request belongs to this session."""
        return session.sid == sid_of(self.context["request"].auth)


class TokenPasswordSerializer(serializers.Serializer[Any]):
    """The old password and the new one."""

    # Blanks at the ends are dropped, as simplejwt's login does.
    old_password = serializers.CharField(write_only=True)
    new_password = serializers.CharField(write_only=True)

    def validate_old_password(self, value: str) -> str:
        """Raise a ``ValidationError`` unless it is the current one."""
        request = self.context["request"]
        if not request.user.check_password(value):
            announce_failed_login(request.user, request)
            raise serializers.ValidationError(_("This is not your password."))
        return value

    def validate_new_password(self, value: str) -> str:
        """Raise a ``ValidationError`` if one of the site's validators objects."""
        try:
            validate_password(value, self.context["request"].user)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return value
