"""The live sessions of a user, on the user's own page."""

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

# The list of all sessions is a link away.
SHOWN = 20


class ShownSessions(FormSetBase):
    """Rows that are shown and never read back, whatever is sent.

    Django would not save a user whose page was sent without them. And a page that is sent back for
    its mistakes shows the sessions of that moment, not of when it was opened.
    """

    def __init__(
        self, data: Any = None, files: Any = None, instance: Any = None, **kwargs: Any
    ) -> None:
        # The page may be of a proxy, or of the parent of a multi-table child.
        model: Any = user_model()
        user = model(pk=primary_key_of(instance))
        # Else the formset would take away a key that is made by default, as UUIDs are.
        user._state.adding = False
        super().__init__(instance=user, **{**kwargs, "save_as_new": False})

    def get_queryset(self) -> Any:
        """Return the first of them."""
        return self._shown

    def is_valid(self) -> bool:
        """Answer that the user may be saved."""
        return True

    @cached_property
    def _shown(self) -> "QuerySet[Any]":
        return super().get_queryset()[:SHOWN]


class TokenSessionInline(InlineBase):
    """Shows on which devices a user is logged in, the latest login first."""

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
        # Only the user model itself has sessions, not a parent of it.
        super().__init__(user_model(), admin_site)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Return the live ones."""
        return with_status(super().get_queryset(request)).filter(status=Status.LIVE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May whoever asks see who is in?"""
        return may_see_sessions(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False
