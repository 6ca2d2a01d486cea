"""Admin classes for rows that operators may read and not write."""

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
    """Forbids to add, change and delete. Django's permissions decide who may view."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False


class GoesWithItsUser(ReadOnly):
    """Lets a row be deleted together with its user, and not by itself."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return True for a given row, so that it can be deleted together with its user.

        Django asks this when a user is about to be deleted. Our own pages offer no deletion.
        """
        return obj is not None

    def delete_view(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse to delete the row by itself."""
        raise PermissionDenied

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row without the delete button."""
        extra_context = {**(extra_context or {}), "show_delete": False}
        return super().change_view(request, object_id, form_url, extra_context)
