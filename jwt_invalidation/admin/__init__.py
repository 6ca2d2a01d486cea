"""The operator's edge in Django's admin: revoke, and read what was revoked."""

from django.contrib import admin
import django.contrib.auth.admin  # noqa: F401  # Registers the stock user admin, though listed after us.

from ..models import Revocation, TokenState
from .state import RevocationAdmin, TokenStateAdmin
from .users import RevokeTokensMixin, attach

__all__ = ["RevokeTokensMixin"]

admin.site.register(TokenState, TokenStateAdmin)
admin.site.register(Revocation, RevocationAdmin)
attach(admin.site)
