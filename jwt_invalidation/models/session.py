"""The sessions."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..db.user_key import UserKeyField
from .revocation import Revocation


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
