"""Two pages that contain no data of users. Their script gets it from the API."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView

from jwt_invalidation.conf import SESSION_STRATEGY, conf

# Nothing else is loaded. form-action keeps a form, which holds a password, from being sent if the
# script did not run.
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
    """A page with a strict policy. In Django 6.0 and later, ``SECURE_CSP`` can set it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add the policy to the response."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = POLICY
        return response


class LogIn(Page):
    """The login page."""

    template_name = "devices/login.html"


class Devices(Page):
    """The page that lists the sessions, if the strategy keeps them, and changes the password."""

    template_name = "devices/devices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether the strategy keeps sessions, and its name."""
        keeps_sessions = SESSION_STRATEGY in conf.STRATEGIES
        return super().get_context_data(
            keeps_sessions=keeps_sessions, strategy=settings.STRATEGY, **kwargs
        )
