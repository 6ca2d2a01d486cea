"""The app's configuration: it connects receivers and checks before the first request."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, post_save, pre_save
from django.utils.translation import gettext_lazy as _


class JWTInvalidationConfig(AppConfig):
    """The app. ``"jwt_invalidation"`` in ``INSTALLED_APPS`` finds this class by itself."""

    name = "jwt_invalidation"
    verbose_name = _("JSON Web Tokens")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers and checks, and watch for hash upgrades."""
        from . import checks, deletions, logins, receivers, users  # Models are loaded only by now.
        from .state import installation, rehash, secret_keys, uses  # Models are loaded only by now.

        checks.register_all()
        logins.leave_last_login_to_simplejwt()
        rehash.wrap(users.concrete_user_model())
        for signal, receiver in (
            (pre_save, receivers.before_user_is_saved),
            (post_save, receivers.after_user_is_saved),
            (post_migrate, installation.forget_installation),
            (post_migrate, uses.forget_uses),
            (post_migrate, secret_keys.forget_noted),
        ):
            signal.connect(receiver, dispatch_uid=f"jwt_invalidation.{receiver.__name__}")
        deletions.watch()
        if apps.is_installed("drf_spectacular"):
            from . import openapi  # noqa: F401  # To be imported is to be known.
