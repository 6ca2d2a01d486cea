"""What is on record about the site: when the app was installed, and which keys it has used."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
