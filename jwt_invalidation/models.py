"""The tables: token states and what their keys are, the epoch, the installation, the log, the sessions."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .db.user_key import UserKeyField

__all__ = [
    "Installation",
    "Revocation",
    "SecretKeyUse",
    "TokenEpoch",
    "TokenSession",
    "TokenState",
]

_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class StateOwnerField(models.OneToOneField[_ST, _GT]):
    """The user of a token state. `deletions` replaces its ``on_delete`` when Django starts.

    Migrations always see CASCADE: deleting users in one of them must run no code of today.
    """

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        path = "django.db.models.OneToOneField"
        return name, path, args, {**kwargs, "on_delete": models.CASCADE}


class TokenState(models.Model):
    """The version that a user's tokens must carry, and the credentials it was made for."""

    user = StateOwnerField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        # Hidden from code that moves whatever refers to a user to another one, as merges of accounts
        # do. The state says something about this very user.
        related_name="token_state+",
        related_query_name="token_state",
        verbose_name=_("user"),
    )
    token_version = models.BigIntegerField(
        _("token version"),
        help_text=_("Tokens that carry another version are refused."),
    )
    # The id of the SECRET_KEY that it was made with, a colon and 64 hexadecimal digits.
    password_fingerprint = models.CharField(_("password fingerprint"), max_length=73)
    # Fingerprints of proven hashes of the same password, separated by spaces, oldest first.
    rehashed_fingerprints = models.TextField(_("rehashed fingerprints"), blank=True, default="")
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Whether the account was active as of this version."),
    )
    not_before = models.BigIntegerField(
        _("not before"),
        null=True,
        blank=True,
        help_text=_(
            "Unix time in seconds: tokens without a version are refused if they were issued"
            " up to then."
        ),
    )
    sidless_not_before = models.BigIntegerField(
        _("sidless not before"),
        null=True,
        blank=True,
        help_text=_(
            "Unix time in seconds: tokens without a session are refused if they were issued up to"
            " then."
        ),
    )
    version_changed_at = models.DateTimeField(
        _("version changed"),
        default=timezone.now,
        help_text=_("When the version was last bumped, or first recorded."),
    )

    class Meta:
        verbose_name = _("token state")
        verbose_name_plural = _("token states")

    def __str__(self) -> str:
        return _("Token state of user %(user_id)s") % {"user_id": self.user_id}


class TokenEpoch(models.Model):
    """The one row that ``revoke_everyone`` bumps, whatever the number of users."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    token_epoch = models.BigIntegerField(_("token epoch"))

    class Meta:
        verbose_name = _("token epoch")
        verbose_name_plural = _("token epochs")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="jwt_invalidation_one_epoch")
        ]

    def __str__(self) -> str:
        return str(self.token_epoch)


class Installation(models.Model):
    """The one row that says which tokens without our claims are from before this app.

    The migration writes it. Without it, as in a flushed test database, none are.
    """

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    latest_iat = models.BigIntegerField(
        _("latest time of issue"),
        null=True,
        help_text=_(
            "Unix time in seconds: tokens without a version that were issued later are refused."
            " Empty until this app stamps its first token."
        ),
    )
    unversioned_uses = models.BigIntegerField(
        _("uses of tokens without a version"),
        default=0,
        help_text=_("How often the gate let such a token in, without the uses not written yet."),
    )
    unversioned_used_at = models.DateTimeField(_("tokens without a version last used"), null=True)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="jwt_invalidation_one_install")
        ]

    def __str__(self) -> str:
        return str(self.latest_iat)


class SecretKeyUse(models.Model):
    """Since when a ``SECRET_KEY`` is in use, and when a process has last used it. No key is in it."""

    key_id = models.CharField(_("key id"), max_length=8, primary_key=True)
    # Unix time, not datetimes: without time zones those have an hour that comes twice.
    current_since = models.BigIntegerField(
        _("current since"),
        help_text=_(
            "Unix time in microseconds: when it was first used, or declared to be the current key."
        ),
    )
    last_used = models.BigIntegerField(
        _("last used"),
        help_text=_("Unix time in microseconds: when a process has last used it, to ten minutes."),
    )

    class Meta:
        verbose_name = _("use of a secret key")
        verbose_name_plural = _("uses of secret keys")

    def __str__(self) -> str:
        return self.key_id


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


class TokenSession(models.Model):
    """One login on one device: a row for each login, none for a refresh, and no token in it."""

    sid = models.CharField(_("session id"), max_length=32, primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        # Hidden as the state is: tokens name the user that they were made for.
        related_name="token_sessions+",
        related_query_name="token_sessions",
        verbose_name=_("user"),
    )
    # A session that was moved to another user is over: its tokens name this one.
    holder_id = UserKeyField(
        _("holder"),
        null=True,
        help_text=_("The primary key of the user whom its tokens name."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_used_at = models.DateTimeField(
        _("last used"),
        default=timezone.now,
        help_text=_("When it was last refreshed, to the minute."),
    )
    token_epoch = models.BigIntegerField(
        _("token epoch"),
        default=0,
        help_text=_("The epoch it started in. It is over if everyone was revoked since."),
    )
    # NumericDates, as in tokens (RFC 7519, section 2): Unix time in seconds.
    idle_exp = models.BigIntegerField(_("expires"))
    absolute_exp = models.BigIntegerField(_("expires at the latest"))
    refresh_iat = models.BigIntegerField(_("refresh token issued"))
    refresh_exp = models.BigIntegerField(_("refresh token expires"))
    refresh_lifetime = models.BigIntegerField(
        _("lifetime of its refresh tokens"),
        null=True,
        blank=True,
        help_text=_("In seconds, if a login asked for another one than the setting's."),
    )
    # By the database's clock: until when the predecessor of the current refresh token is answered once more.
    grace_exp = models.BigIntegerField(_("grace ends"), default=0)
    current_jti = models.CharField(_("current refresh token"), max_length=255)
    previous_jti = models.CharField(
        _("previous refresh token"), max_length=255, blank=True, default=""
    )
    ip_address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=255, blank=True, default="")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(
        _("why it ended"), max_length=32, choices=Revocation.Reason, blank=True, default=""
    )

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        return self.sid
