"""The operator's edge in Django's admin: revoke, read what was revoked, and see who is in."""

from django.contrib import admin
import django.contrib.auth.admin  # noqa: F401  # Registers the stock user admin, though listed after us.

from ..models import Revocation, TokenSession, TokenState
from .sessions import TokenSessionAdmin
from .state import RevocationAdmin, TokenStateAdmin
from .users import RevokeTokensMixin, attach

__all__ = ["RevokeTokensMixin"]

admin.site.register(TokenState, TokenStateAdmin)
admin.site.register(Revocation, RevocationAdmin)
admin.site.register(TokenSession, TokenSessionAdmin)
attach(admin.site)
