"""The strategies of this app by their dotted paths, and whether simplejwt's blacklist is there."""

from django.apps import apps
import pytest

VERSION = "jwt_invalidation.strategies.version.VersionStrategy"
SESSION = "jwt_invalidation.strategies.session.SessionStrategy"
BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"

HAS_BLACKLIST = apps.is_installed("rest_framework_simplejwt.token_blacklist")
needs_blacklist = pytest.mark.skipif(
    not HAS_BLACKLIST, reason="simplejwt's blacklist is not installed"
)
needs_no_blacklist = pytest.mark.skipif(HAS_BLACKLIST, reason="simplejwt's blacklist is installed")
