"""The body of a password change."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from rest_framework import serializers


class PasswordSerializer(serializers.Serializer[User]):
    """The old password, as proof, and the new one."""

    # Blanks at the ends are dropped, as simplejwt's login drops them.
    old_password = serializers.CharField(write_only=True)
    new_password = serializers.CharField(write_only=True)

    @property
    def user(self) -> User:
        """The user whose password is changed."""
        user: User = self.context["request"].user
        return user

    def validate_old_password(self, value: str) -> str:
        """Raise a ``ValidationError`` unless it is the current password."""
        if not self.user.check_password(value):
            raise serializers.ValidationError("This is not your password.")
        return value

    def validate_new_password(self, value: str) -> str:
        """Raise a ``ValidationError`` if a password validator of the site refuses it."""
        validate_password(value, self.user)
        return value

    def create(self, validated_data: dict[str, Any]) -> User:
        """Store the new password."""
        self.user.set_password(validated_data["new_password"])
        self.user.save(update_fields=["password"])
        return self.user
