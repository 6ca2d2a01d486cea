"""Read ``manage.py token_report`` as a script and as an operator do; make the sites it is about."""

import json

from django.urls import path
import pytest

from tests.support.commands import run
from tests.support.views import Me

BLACKLIST = "jwt_invalidation.strategies.blacklist.BlacklistStrategy"
EXPIRY = "jwt_invalidation.strategies.expiry.ExpiryStrategy"
SESSION = "jwt_invalidation.strategies.session.SessionStrategy"
VERSION = "jwt_invalidation.strategies.version.VersionStrategy"

DEFAULT = 'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]'
STATELESS = "jwt_invalidation.authentication.JWTStatelessUserAuthentication"


def report():
    """Return what ``--json`` prints, which must be one object and nothing else."""
    return json.loads(run("token_report", "--json"))


def screen(columns=80, lines=24):
    """Return the lines that a terminal of this size shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("LINES", str(lines))
        return run("token_report").splitlines()


def text(**size):
    """Return the screen without its line breaks."""
    return " ".join(" ".join(screen(**size)).split())


def me(authentication_class, route="api/me/"):
    """Return a view that authenticates by this class."""
    return path(route, Me.as_view(authentication_classes=[authentication_class]))


def by_default(settings, *paths):
    """Set DRF's default authentication classes."""
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_AUTHENTICATION_CLASSES": list(paths),
    }


def kinds():
    """Return the names of the views and settings, by kind."""
    found = report()["views"]
    return {kind: names for kind, names in found.items() if names and kind != "findings"}
