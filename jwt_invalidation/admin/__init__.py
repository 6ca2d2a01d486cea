"""Django's admin: revoke tokens, read the revocation log, list and end sessions.

Belongs here: pages and actions for operators. An action asks for a confirmation, calls one verb and
shows the result. Imports the verbs, the models and the session status; nothing imports from here.
"""

from django.contrib import admin

# This registers the stock user admin, even if its app is listed after ours.
import django.contrib.auth.admin  # noqa: F401

from ..models import Revocation, TokenSession, TokenState
from .sessions import TokenSessionAdmin
from .state import RevocationAdmin, TokenStateAdmin
from .users import RevokeTokensMixin, attach

__all__ = ["RevokeTokensMixin"]

admin.site.register(TokenState, TokenStateAdmin)
admin.site.register(Revocation, RevocationAdmin)
admin.site.register(TokenSession, TokenSessionAdmin)
attach(admin.site)
