"""Views of dj-rest-auth and djoser as far as the checks look at them, under the packages' names."""

from contextlib import contextmanager
import sys
from types import ModuleType

from rest_framework.views import APIView


class TokenStrategy:
    """As ``djoser.social.token.jwt.TokenStrategy`` mints."""

    @classmethod
    def obtain(cls, user):
        from rest_framework_simplejwt.tokens import RefreshToken

        return {"refresh": str(RefreshToken.for_user(user))}


def view_of(module):
    """Return a view that this module of another package defines."""
    return type("View", (APIView,), {"__module__": module, "authentication_classes": []})


@contextmanager
def djoser():
    """Let djoser's default strategy be importable."""
    names = [f"djoser{each}" for each in ("", ".social", ".social.token", ".social.token.jwt")]
    modules = {name: ModuleType(name) for name in names}
    modules["djoser.social.token.jwt"].TokenStrategy = TokenStrategy
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
