"""Revoke tokens from the user admin: on the list, and on the user's own page beside the sessions."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import revocation
from ..users import is_user_class
from .confirmation import ConfirmingMixin, note_form
from .inlines import TokenSessionInline
from .operators import may_revoke

# Of more users at once than this, the histories in the admin are not written: the log is.
HISTORY_LIMIT = 1_000
TEMPLATE = "revoke_tokens_confirmation.html"
TITLE = _("Revoke all tokens")


class RevokeTokensMixin(ConfirmingMixin):
    """Gives a user admin the action "Revoke all tokens", the button "Revoke tokens" and the sessions.

    Name it before the admin class: ``class UserAdmin(RevokeTokensMixin, auth.UserAdmin)``. The
    stock user admin has it without that. All need the permission
    ``jwt_invalidation.revoke_tokens``, and may be seen by whoever may view the user.
    """

    can_revoke_tokens = True

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        # Here, for a list of actions in the class would hide one of the mixin's. Django's way to
        # have no actions at all is None.
        if self.actions is not None and "revoke_tokens" not in self.actions:
            self.actions = [*self.actions, "revoke_tokens"]

    def has_revoke_tokens_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """May whoever asks revoke tokens, of ``obj`` if there is one?"""
        return may_revoke(request)

    @admin.action(permissions=["revoke_tokens"], description=TITLE)
    def revoke_tokens(self, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
        """Ask for a confirmation, then revoke all tokens of the users selected."""
        form = note_form(request)
        if form.is_valid():
            self._revoke(request, queryset, form.cleaned_data["note"])
            return None
        return self._confirmation_of_selected(
            request, form, queryset, action="revoke_tokens", template=TEMPLATE, title=TITLE
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Add the live sessions of a user that there is already."""
        inlines = [*super().get_inlines(request, obj)]
        if obj is not None and self.has_revoke_tokens_permission(request, obj):
            inlines.append(TokenSessionInline)
        return inlines

    def get_urls(self) -> list[URLPattern]:
        """Put the page behind the button before Django's catch-all."""
        return [
            path(
                "<path:object_id>/revoke-tokens/",
                self.admin_site.admin_view(self.revoke_tokens_view),
                name=f"{self.opts.app_label}_{self.opts.model_name}_revoke_tokens",
            ),
            *super().get_urls(),
        ]

    def revoke_tokens_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a confirmation, then revoke all tokens of one user."""
        user = self.get_object(request, unquote(object_id))
        if not self._is_allowed(request, user):
            raise PermissionDenied
        if user is None:
            return self._redirect_from_nobody(request, object_id)
        form = note_form(request)
        change_url = self._url("change", quote(user.pk))
        back_url = add_preserved_filters(
            {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts},
            change_url,
        )
        if form.is_valid():
            users = self.get_queryset(request).filter(pk=user.pk)
            self._revoke(request, users, form.cleaned_data["note"])
            return HttpResponseRedirect(back_url)
        return self._confirmation(
            request,
            form,
            template=TEMPLATE,
            title=TITLE,
            crumbs=[(change_url, str(user))],
            object=user,
            back_url=back_url,
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put the button into whatever template the admin would render."""
        response = super().render_change_form(request, context, *args, **kwargs)
        user = context.get("original")
        if user is None or not self._is_allowed(request, user):
            return response
        if not isinstance(response, TemplateResponse):
            return response
        # Extended, not replaced: a project may have its own, for this model or for all. (Ours is
        # not called change_form.html: Django would take that for the form of our own models.)
        parent = response.resolve_template(response.template_name)
        response.context_data = {**(response.context_data or {}), "user_change_form": parent}
        response.template_name = "admin/jwt_invalidation/user_change_form.html"
        return response

    def _is_allowed(self, request: HttpRequest, user: Model | None) -> bool:
        may_view = self.has_view_or_change_permission(request, user)
        return may_view and self.has_revoke_tokens_permission(request, user)

    def _revoke(self, request: HttpRequest, users: "QuerySet[Any]", note: str) -> None:
        # Nobody anonymous has the permission, and the user model may be any.
        actor: Any = request.user
        # Read before: whom the filters of the list choose may depend on what a revocation changes.
        first_users = list(users[: HISTORY_LIMIT + 1])
        revoked = revocation.revoke_users(
            users, reason=revocation.Reason.ADMIN, actor=actor, note=note
        )
        message = ngettext(
            "All tokens of %(count)d user were revoked.",
            "All tokens of %(count)d users were revoked.",
            revoked,
        ) % {"count": revoked}
        if len(first_users) > HISTORY_LIMIT:
            message = gettext(
                "%(message)s They are too many for an entry in the history of each: see the"
                " revocation log."
            ) % {"message": message}
        elif revoked:
            LogEntry.objects.log_actions(
                user_id=actor.pk,
                queryset=first_users,
                action_flag=CHANGE,
                change_message=gettext("Revoked all tokens."),
            )
        # Gone since the page was shown: never claim to have revoked what was not.
        level = messages.SUCCESS if revoked else messages.WARNING
        self.message_user(request, message, level)

    def _redirect_from_nobody(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do as Django does for an object that is not there; the words are its own."""
        message = gettext("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?") % {
            "name": self.opts.verbose_name,
            "key": unquote(object_id),
        }
        self.message_user(request, message, messages.WARNING)
        return HttpResponseRedirect(self._site_url("index"))


def attach(site: admin.AdminSite) -> None:
    """Register the user admins of ``site`` anew, each with a class that has the mixin, too."""
    for model in filter(is_user_class, apps.get_models()):
        if not site.is_registered(model):
            continue
        existing = type(site.get_model_admin(model))
        if issubclass(existing, RevokeTokensMixin):
            continue
        # As AdminSite.register makes a class of the options that it is given.
        equipped = type(
            existing.__name__, (RevokeTokensMixin, existing), {"__module__": existing.__module__}
        )
        site.unregister(model)
        site.register(model, equipped)
