"""Rows that operators may read, and never write by hand."""

from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = object


class ReadOnly(Base):
    """Forbids to add, change and delete; who may view is the business of Django's permissions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody may."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False


class GoesWithItsUser(ReadOnly):
    """Lets a row be deleted together with its user, and not by itself."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """May the row go with its user? The user admin asks, and only it has a row to ask about.

        Whoever may delete the user may; our own pages do not let a row be deleted by itself.
        """
        return obj is not None

    def delete_view(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a row goes with its user or not at all."""
        raise PermissionDenied

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row without the button that deletes it."""
        extra_context = {**(extra_context or {}), "show_delete": False}
        return super().change_view(request, object_id, form_url, extra_context)
