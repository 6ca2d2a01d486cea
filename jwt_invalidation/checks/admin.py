"""Admins of users without the action that revokes tokens."""

from typing import Any

from django.apps import apps
from django.core import checks

from ..users import is_user_class

HINT = """\
If an app registers it with the default site, list "jwt_invalidation" after that app in \
INSTALLED_APPS. Else write, where the site is at hand and the admin is registered:
from {base_module} import {base}
from {model_module} import {model}
from jwt_invalidation.admin import RevokeTokensMixin

class Revoking{base}(RevokeTokensMixin, {base}): ...

site.unregister({model})
site.register({model}, Revoking{base})"""


def check_user_admin(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn about each admin of users, on any site, that cannot revoke their tokens."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    from django.contrib.admin.sites import all_sites  # Only where the app is installed.

    user_models = [model for model in apps.get_models() if is_user_class(model)]
    return [
        _warning(site.name, model, type(site.get_model_admin(model)))
        for site in sorted(all_sites, key=lambda site: site.name)
        for model in user_models
        if site.is_registered(model)
        # An attribute, not isinstance: importing the mixin would register our models with the
        # admin, also in a project that registers by hand.
        and not getattr(site.get_model_admin(model), "can_revoke_tokens", False)
    ]


def _warning(site: str, model: type[Any], admin_class: type[Any]) -> checks.Warning:
    return checks.Warning(
        f"The admin of {model._meta.label} on the site {site!r} cannot revoke tokens.",
        hint=HINT.format(
            base=admin_class.__name__,
            base_module=admin_class.__module__,
            model=model.__name__,
            model_module=model.__module__,
        ),
        obj=admin_class,
        id="jwt_invalidation.W004",
    )
