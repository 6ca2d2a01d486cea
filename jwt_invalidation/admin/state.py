"""The token states and the revocation log: to be read and searched, never written by hand."""

from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.db.models.functions import TruncDay
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Revocation, TokenState
from ..users import user_model

if TYPE_CHECKING:
    StateBase = admin.ModelAdmin[TokenState]
    LogBase = admin.ModelAdmin[Revocation]
else:
    StateBase = LogBase = admin.ModelAdmin


class DatedChangeList(ChangeList):
    """Leaves out the dates where the database does not know the time zone, instead of failing.

    Such is MariaDB as it is installed, until ``mysql_tzinfo_to_sql`` was run.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment: Any = self.date_hierarchy
        try:
            # Of any one row: what Django's template tag asks later, of all of them.
            list(self.root_queryset.order_by().values_list(TruncDay(moment))[:1])
        except ValueError:
            self.date_hierarchy = None


class ReadOnly:
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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list with dates."""
        return DatedChangeList


class TokenStateAdmin(ReadOnly, StateBase):
    """Shows who holds tokens of which version; the fingerprints are left out everywhere."""

    list_display = ["user", "is_active", "token_version", "raised"]
    list_filter = ["is_active"]
    list_select_related = ["user"]
    date_hierarchy = "raised"
    ordering = ["-raised"]
    show_full_result_count = False
    fields = ["user", "is_active", "token_version", "not_before", "raised"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by user name, whatever the user model calls it."""
        return [f"user__{_user_name_field()}"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to filter by fingerprint in the URL, which would show it letter by letter."""
        return "fingerprint" not in lookup and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """May the row go with its user? The user admin asks, and only it has a row to ask about.

        Whoever may delete the user may; our own pages do not let a row be deleted by itself.
        """
        return obj is not None

    def delete_view(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: without its row a user's tokens of no version would be accepted again."""
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


class RevocationAdmin(ReadOnly, LogBase):
    """Shows the log; its lines outlive the users that they name."""

    list_display = ["created", "scope", "subject_name", "reason", "actor_name", "note"]
    list_filter = ["scope", "reason"]
    date_hierarchy = "created"
    show_full_result_count = False
    readonly_fields = ["subject_name", "actor_name"]
    fields = [
        "created",
        "scope",
        "subject_name",
        "reason",
        "note",
        "actor_name",
        "version",
        "expires",
    ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Revocation]":
        """Join the users: those that are gone are null then, and no page asks for them again."""
        return super().get_queryset(request).select_related("subject", "actor")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by note and by user name, whatever the user model calls it."""
        name = _user_name_field()
        return [f"subject__{name}", f"actor__{name}", "note"]

    @admin.display(description=_("subject"), ordering="subject")
    def subject_name(self, line: Revocation) -> str:
        """Return whose tokens were revoked."""
        return _name(line.subject, line.subject_id)

    @admin.display(description=_("actor"), ordering="actor")
    def actor_name(self, line: Revocation) -> str:
        """Return who revoked them."""
        return _name(line.actor, line.actor_id)


def _user_name_field() -> str:
    model: Any = user_model()
    return str(model.USERNAME_FIELD)


def _name(user: Any, key: Any) -> str:
    if user is not None:
        return str(user.get_username())
    if key is None:
        return ""
    return gettext("%(key)s (no longer there)") % {"key": key}
