"""The tests' site, with this app listed by the path of its AppConfig."""

from tests.settings.base import *  # noqa: F403
from tests.settings.base import INSTALLED_APPS

INSTALLED_APPS = [
    "jwt_invalidation.apps.JWTInvalidationConfig" if app == "jwt_invalidation" else app
    for app in INSTALLED_APPS
]
