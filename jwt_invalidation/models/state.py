"""What is on record about the credentials of a user, and of everyone."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    has_revoked_tokens = models.BooleanField(
        _("has revoked tokens"),
        default=False,
        # For processes that still run the release before.
        db_default=False,
        help_text=_("Whether the log names a single token of the user that was revoked."),
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
