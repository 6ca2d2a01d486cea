"""The live sessions of a user, on the user's page in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ..models import TokenSession
from ..sessions.status import Status, with_status
from ..users import primary_key_of, user_model
from .operators import may_see_sessions

if TYPE_CHECKING:
    InlineBase = admin.TabularInline[Any, Any]
    FormSetBase = BaseInlineFormSet[Any, Any, Any]
else:
    InlineBase = admin.TabularInline
    FormSetBase = BaseInlineFormSet

# Rows at most. A link below them leads to the list of all sessions.
SHOWN = 20


class ShownSessions(FormSetBase):
    """Shows sessions, and ignores what is submitted for them.

    Django's own formset refuses to save a user whose page was submitted without these rows. A page
    that is shown again because of a mistake lists the sessions of that moment.
    """

    def __init__(
        self, data: Any = None, files: Any = None, instance: Any = None, **kwargs: Any
    ) -> None:
        # The page may belong to a proxy, or to the parent of a multi-table child.
        model: Any = user_model()
        user = model(pk=primary_key_of(instance))
        # Otherwise the formset clears a key that has a default, as a UUID has.
        user._state.adding = False
        super().__init__(instance=user, **{**kwargs, "save_as_new": False})

    def get_queryset(self) -> Any:
        """Return the first sessions of the user."""
        return self._shown

    def is_valid(self) -> bool:
        """Return True: nothing submitted here is read, so the user may be saved."""
        return True

    @cached_property
    def _shown(self) -> QuerySet[Any]:
        return super().get_queryset()[:SHOWN]


class TokenSessionInline(InlineBase):
    """Shows on which devices a user is logged in. The latest login comes first."""

    model = TokenSession
    formset = ShownSessions
    template = "admin/jwt_invalidation/user_sessions.html"
    verbose_name_plural = _("live sessions")
    fields = ["user_agent", "ip_address", "created_at", "last_used_at"]
    ordering = ["-created_at"]
    extra = 0
    can_delete = False
    show_change_link = True

    def __init__(self, parent_model: type[Model], admin_site: admin.AdminSite) -> None:
        # Sessions refer to the user model itself, not to a parent of it.
        super().__init__(user_model(), admin_site)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the live sessions."""
        return with_status(super().get_queryset(request)).filter(status=Status.LIVE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May this operator see sessions?"""
        return may_see_sessions(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a session starts at a login only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: nobody changes a session by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: sessions are ended in their own list."""
        return False
