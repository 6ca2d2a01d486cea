"""The sessions in the admin: read, search and end them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import sessions
from ..models import Revocation
from ..sessions.status import Status, with_status
from ..users import user_model
from .confirmation import ConfirmingMixin, note_form
from .operators import may_see_sessions
from .read_only import GoesWithItsUser

# Unix time in seconds. Python's dates end with the year 9999; a lifetime may be longer.
LAST_MOMENT = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


class StatusFilter(admin.SimpleListFilter):
    """Filters the sessions by live, ended or expired."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Return the choices."""
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the sessions of the chosen status, or all."""
        return queryset.filter(status=self.value()) if self.value() else queryset


class TokenSessionAdmin(GoesWithItsUser, ConfirmingMixin):
    """Shows who is logged in, and on which device. No id of a token is shown.

    Only operators who may revoke tokens may see sessions and end them.
    """

    list_display = [
        "user",
        "user_agent",
        "ip_address",
        "created_at",
        "last_used_at",
        "status",
        "reason",
    ]
    list_filter = [StatusFilter, "reason"]
    actions = ["end_sessions"]
    show_full_result_count = False
    readonly_fields = ["status", "expiry"]
    fields = [
        "user",
        "user_agent",
        "ip_address",
        "created_at",
        "last_used_at",
        "expiry",
        "status",
        "ended_at",
        "reason",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Join the users: every page shows their names."""
        return with_status(super().get_queryset(request)).select_related("user")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by user name, e-mail address and IP address."""
        return [*(f"user__{name}" for name in _names_of_users()), "ip_address"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to filter by the id of a token: the URL would reveal it letter by letter."""
        return "jti" not in lookup and super().lookup_allowed(lookup, value, request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """May this operator see sessions?"""
        return may_see_sessions(request)

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        """May this operator end sessions?"""
        return may_see_sessions(request)

    @admin.action(permissions=["end_sessions"], description=_("End the selected sessions"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for a confirmation, then end the selected sessions."""
        form = note_form(request)
        if form.is_valid():
            self._end(request, queryset, form.cleaned_data["note"])
            return None
        return self._confirmation_of_selected(
            request,
            form,
            queryset,
            action="end_sessions",
            template="end_sessions_confirmation.html",
            title=_("End sessions"),
        )

    @admin.display(description=_("status"), ordering="status")
    def status(self, session: Any) -> str:
        """Return whether the session is live, ended or expired."""
        return str(Status(session.status).label)

    @admin.display(description=_("expires"))
    def expiry(self, session: Any) -> str:
        """Return when the session expires if nobody uses it."""
        zone = timezone.get_current_timezone() if settings.USE_TZ else None
        moment = datetime.fromtimestamp(min(session.idle_exp, LAST_MOMENT), zone)
        # Django formats columns by itself; for this value it would use Python's format.
        return str(formats.localize(moment))

    def _end(self, request: HttpRequest, queryset: QuerySet[Any], note: str) -> None:
        # The permission excludes anonymous users. The user model may be any, hence Any.
        actor: Any = request.user
        selected = dict(queryset.values_list("sid", "status"))
        # An expired session is over. The log must not claim that somebody ended it.
        live = [sid for sid, status in selected.items() if status == Status.LIVE]
        ended = sessions.end_sessions(live, reason=Revocation.Reason.ADMIN, actor=actor, note=note)
        message = ngettext(
            "%(count)d session was ended.", "%(count)d sessions were ended.", ended
        ) % {"count": ended}
        over = len(selected) - ended
        if over:
            message += " " + ngettext(
                "%(count)d was already over.", "%(count)d were already over.", over
            ) % {"count": over}
        level = messages.SUCCESS if ended else messages.WARNING
        self.message_user(request, message, level)


def _names_of_users() -> list[str]:
    """Return the columns of the user model that hold the user name and the e-mail address."""
    model: Any = user_model()
    columns = {field.name for field in model._meta.concrete_fields}
    return sorted(columns & {model.USERNAME_FIELD, model.get_email_field_name()})
