"""Who is in: the sessions, to be read, searched and ended."""

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

# Python knows no later year than 9999; a lifetime may end after that.
LAST_MOMENT = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


class StatusFilter(admin.SimpleListFilter):
    """Chooses live, ended or expired sessions."""

    title = _("state")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Return the choices."""
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return those of the chosen status, or all."""
        return queryset.filter(status=self.value()) if self.value() else queryset


class TokenSessionAdmin(GoesWithItsUser, ConfirmingMixin):
    """Shows who is in, on which device; ids of tokens are left out everywhere.

    Whoever may revoke tokens may see it and end sessions, and nobody else.
    """

    list_display = [
        "user",
        "user_agent",
        "ip_address",
        "created_at",
        "last_used_at",
        "state",
        "reason",
    ]
    list_filter = [StatusFilter, "reason"]
    actions = ["end_sessions"]
    show_full_result_count = False
    readonly_fields = ["state", "expiry"]
    fields = [
        "user",
        "user_agent",
        "ip_address",
        "created_at",
        "last_used_at",
        "expiry",
        "state",
        "ended_at",
        "reason",
    ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Join the users, of whom every page has the name."""
        return with_status(super().get_queryset(request)).select_related("user")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by user name and e-mail address, whatever the user model calls them, and by IP."""
        return [*(f"user__{name}" for name in _names_of_users()), "ip_address"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to filter by an id of a token in the URL, which would show it letter by letter."""
        return "jti" not in lookup and super().lookup_allowed(lookup, value, request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """May whoever asks see who is in?"""
        return may_see_sessions(request)

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        """May whoever asks end sessions?"""
        return may_see_sessions(request)

    @admin.action(permissions=["end_sessions"], description=_("End the selected sessions"))
    def end_sessions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
        """Ask for a confirmation, then end the sessions selected."""
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

    @admin.display(description=_("state"), ordering="status")
    def state(self, session: Any) -> str:
        """Return how the session stands."""
        return str(Status(session.status).label)

    @admin.display(description=_("expires"))
    def expiry(self, session: Any) -> str:
        """Return when it is over if nobody uses it."""
        zone = timezone.get_current_timezone() if settings.USE_TZ else None
        moment = datetime.fromtimestamp(min(session.idle_exp, LAST_MOMENT), zone)
        # Of what is no column, Django would show Python's own words.
        return str(formats.localize(moment))

    def _end(self, request: HttpRequest, queryset: "QuerySet[Any]", note: str) -> None:
        # Nobody anonymous has the permission, and the user model may be any.
        actor: Any = request.user
        selected = dict(queryset.values_list("sid", "status"))
        # An expired session is over: that somebody ended it would be no truth.
        live = [sid for sid, status in selected.items() if status == Status.LIVE]
        ended = sessions.end_sessions(live, reason=Revocation.Reason.ADMIN, actor=actor, note=note)
        message = ngettext(
            "%(count)d session was ended.", "%(count)d sessions were ended.", ended
        ) % {"count": ended}
        over = len(selected) - ended
        if over:
            message += " " + ngettext(
                "%(count)d was over already.", "%(count)d were over already.", over
            ) % {"count": over}
        level = messages.SUCCESS if ended else messages.WARNING
        self.message_user(request, message, level)


def _names_of_users() -> list[str]:
    """Return the fields by which people know a user, those of them that are columns."""
    model: Any = user_model()
    columns = {field.name for field in model._meta.concrete_fields}
    return sorted(columns & {model.USERNAME_FIELD, model.get_email_field_name()})
