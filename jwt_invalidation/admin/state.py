"""The token states and the revocation log in the admin: read and search them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDay
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Revocation, TokenState
from ..users import user_model
from .read_only import GoesWithItsUser, ReadOnly

if TYPE_CHECKING:
    StateBase = admin.ModelAdmin[TokenState]
    LogBase = admin.ModelAdmin[Revocation]
else:
    StateBase = LogBase = admin.ModelAdmin


class DatedChangeList(ChangeList):
    """Leaves out the date links if the database does not know the time zone.

    A new MariaDB knows none until ``mysql_tzinfo_to_sql`` has been run. Django itself would fail.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment: Any = self.date_hierarchy
        try:
            # Django's template tag later runs this on all rows; one row is enough to see it fail.
            list(self.root_queryset.order_by().values_list(TruncDay(moment))[:1])
        except ValueError:
            self.date_hierarchy = None


class Dated(ReadOnly):
    """Offers dates to choose from, if the database can compute them."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that can leave out the dates."""
        return DatedChangeList


class TokenStateAdmin(Dated, GoesWithItsUser, StateBase):
    """Shows the token version of each user. No fingerprint is shown.

    A row cannot be deleted by itself: the user's tokens without a version would be accepted again.
    """

    list_display = ["user", "is_active", "token_version", "version_changed_at"]
    list_filter = ["is_active"]
    list_select_related = ["user"]
    date_hierarchy = "version_changed_at"
    ordering = ["-version_changed_at"]
    show_full_result_count = False
    fields = ["user", "is_active", "token_version", "not_before", "version_changed_at"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by user name."""
        return [f"user__{_user_name_field()}"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to filter by fingerprint: the URL would reveal it letter by letter."""
        return "fingerprint" not in lookup and super().lookup_allowed(lookup, value, request)


class RevocationAdmin(Dated, LogBase):
    """Shows the log. Its entries outlive the users that they name."""

    list_display = ["created_at", "scope", "subject_name", "reason", "cause", "actor_name", "note"]
    list_filter = ["scope", "reason", "cause"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    readonly_fields = ["subject_name", "actor_name"]
    fields = [
        "created_at",
        "scope",
        "subject_name",
        "reason",
        "cause",
        "note",
        "actor_name",
        "version",
        "expires_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the users' names along. The name of one who was deleted is None."""
        entries: Any = super().get_queryset(request)
        names = {"name_of_subject": _name_of("subject_id"), "name_of_actor": _name_of("actor_id")}
        annotated: QuerySet[Any] = entries.annotate(**names)
        return annotated

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by note and by user name."""
        return ["name_of_subject", "name_of_actor", "note"]

    @admin.display(description=_("subject"), ordering="subject_id")
    def subject_name(self, entry: Any) -> str:
        """Return whose tokens were revoked."""
        return _name(entry.name_of_subject, entry.subject_id)

    @admin.display(description=_("actor"), ordering="actor_id")
    def actor_name(self, entry: Any) -> str:
        """Return who revoked them."""
        return _name(entry.name_of_actor, entry.actor_id)


def _user_name_field() -> str:
    model: Any = user_model()
    return str(model.USERNAME_FIELD)


def _name_of(key: str) -> Subquery:
    """Return the name of the user whose primary key is in the column ``key`` of the log."""
    users = user_model()._base_manager.filter(pk=OuterRef(key))
    return Subquery(users.values(_user_name_field())[:1])


def _name(name: Any, key: Any) -> str:
    if name is not None:
        return str(name)
    if key is None:
        # Django's detail page would show the word None.
        return ""
    return gettext("%(key)s (deleted)") % {"key": key}
