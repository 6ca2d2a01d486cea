"""The revocation log."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..db.user_key import UserKeyField


class Revocation(models.Model):
    """One entry of the log: what was revoked, when, why and by whom. Append-only."""

    class Scope(models.TextChoices):
        USER = "user", _("All tokens of a user")
        SESSION = "session", _("One session")
        TOKEN = "token", _("One token")
        EVERYONE = "everyone", _("All tokens of everyone")

    class Reason(models.TextChoices):
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        DEACTIVATED = "deactivated", _("Account deactivated")
        DELETED = "deleted", _("Account deleted")
        OUT_OF_BAND = "out_of_band", _("Changed behind Django's back")
        ADMIN = "admin", _("Revoked by an administrator")
        LOGOUT = "logout", _("Logged out")
        REFRESH_REUSE = "refresh_reuse", _("Refresh token used twice")
        EVICTED = "evicted", _("Another login took its place")
        EXPIRED = "expired", _("Session expired")
        OTHER = "other", _("Other")

    class Cause(models.TextChoices):
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        DEACTIVATED = "deactivated", _("Account deactivated")
        UNKNOWN_KEY = "unknown_key", _("Recorded with an unknown SECRET_KEY")

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(_("scope"), max_length=16, choices=Scope)
    # Entries outlive the users that they name, so these two are keys and no relations.
    subject_id = UserKeyField(
        _("subject"),
        null=True,
        db_index=True,
        help_text=_("The primary key of the user whose tokens were revoked. Empty for everyone."),
    )
    version = models.BigIntegerField(
        _("version"), help_text=_("The version or epoch that was current from then on.")
    )
    reason = models.CharField(_("reason"), max_length=32, choices=Reason)
    cause = models.CharField(
        _("cause"),
        max_length=32,
        choices=Cause,
        blank=True,
        default="",
        # For processes that still run the release before.
        db_default="",
        help_text=_("What had changed, if it was changed behind Django's back."),
    )
    note = models.TextField(_("note"), blank=True, default="")
    actor_id = UserKeyField(
        _("actor"),
        null=True,
        db_index=True,
        help_text=_("The primary key of the user who revoked them."),
    )
    identifier = models.CharField(
        _("identifier"),
        max_length=255,
        blank=True,
        default="",
        db_index=True,
        help_text=_("The sid or jti, where the scope is one session or one token."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)
    expires_at = models.DateTimeField(
        _("expires"), null=True, help_text=_("From when on it no longer matters, if ever.")
    )

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-created_at", "-id"]
        permissions = [("revoke_tokens", _("Can revoke tokens"))]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.get_reason_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the entry; refuse to change one that is stored."""
        if not self._state.adding:
            raise TypeError("The revocation log is append-only: create another Revocation instead.")
        super().save(*args, **kwargs)
