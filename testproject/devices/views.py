"""Two pages without any data of users in them: the script in them asks the API for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView

from jwt_invalidation.conf import SESSION_STRATEGY, conf

# What is not named is not loaded. A form whose script did not run is not sent: it holds a password.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "connect-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)


class Page(TemplateView):
    """A page with the strict policy. From Django 6.0 on, its ``SECURE_CSP`` does this as well."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add the header."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = POLICY
        return response


class LogIn(Page):
    """Where tokens are got for a password."""

    template_name = "devices/login.html"


class Devices(Page):
    """Where a user is logged in, if the strategy keeps sessions, and the password."""

    template_name = "devices/devices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether there can be a list at all."""
        keeps_sessions = SESSION_STRATEGY in conf.STRATEGIES
        return super().get_context_data(
            keeps_sessions=keeps_sessions, strategy=settings.STRATEGY, **kwargs
        )
