"""Revoke tokens in the user admin: from the list, and from the page of one user."""

from __future__ import annotations

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

# For more users at once, no entries are written into their histories in the admin.
HISTORY_LIMIT = 1_000
TEMPLATE = "revoke_tokens_confirmation.html"
TITLE = _("Revoke all tokens")


class RevokeTokensMixin(ConfirmingMixin):
    """Gives a user admin an action and a button that revoke all tokens, and the live sessions.

    Name it before the admin class: ``class UserAdmin(RevokeTokensMixin, auth.UserAdmin)``. User
    admins that are registered before this app get it by themselves. An operator needs the
    permission ``jwt_invalidation.revoke_tokens``, and permission to view the user.
    """

    can_revoke_tokens = True

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        # Added here because the class's own ``actions`` would hide those of the mixin. None is
        # Django's way to offer no actions.
        if self.actions is not None and "revoke_tokens" not in self.actions:
            self.actions = [*self.actions, "revoke_tokens"]

    def has_revoke_tokens_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """May this operator revoke tokens, or those of ``obj`` if it is given?"""
        return may_revoke(request)

    @admin.action(permissions=["revoke_tokens"], description=TITLE)
    def revoke_tokens(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for a confirmation, then revoke all tokens of the selected users."""
        self._require_permission_for_each(request, queryset)
        form = note_form(request)
        if form.is_valid():
            self._revoke(request, queryset, form.cleaned_data["note"])
            return None
        return self._confirmation_of_selected(
            request, form, queryset, action="revoke_tokens", template=TEMPLATE, title=TITLE
        )

    def _require_permission_for_each(self, request: HttpRequest, users: QuerySet[Any]) -> None:
        """Raise ``PermissionDenied`` if tokens of one of the users may not be revoked."""
        asks_for_each = type(self).has_revoke_tokens_permission
        if asks_for_each is RevokeTokensMixin.has_revoke_tokens_permission:
            # Ours does not look at the user, and the list may be of all users.
            return
        for user in users.iterator():
            if not self.has_revoke_tokens_permission(request, user):
                raise PermissionDenied(
                    gettext("You may not revoke the tokens of “%(user)s”.") % {"user": user}
                )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Add the live sessions, except on the page that adds a user."""
        inlines = [*super().get_inlines(request, obj)]
        if obj is not None and self.has_revoke_tokens_permission(request, obj):
            inlines.append(TokenSessionInline)
        return inlines

    def get_urls(self) -> list[URLPattern]:
        """Add the URL of the button. Django's own patterns end in one that matches all."""
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
        """Add the button to the template that the admin renders."""
        response = super().render_change_form(request, context, *args, **kwargs)
        user = context.get("original")
        if user is None or not self._is_allowed(request, user):
            return response
        if not isinstance(response, TemplateResponse):
            return response
        # Our template extends the admin's, which may be the project's own. It is not called
        # change_form.html: Django would use that for the models of this app.
        parent = response.resolve_template(response.template_name)
        response.context_data = {**(response.context_data or {}), "user_change_form": parent}
        response.template_name = "admin/jwt_invalidation/user_change_form.html"
        return response

    def _is_allowed(self, request: HttpRequest, user: Model | None) -> bool:
        may_view = self.has_view_or_change_permission(request, user)
        return may_view and self.has_revoke_tokens_permission(request, user)

    def _revoke(self, request: HttpRequest, users: QuerySet[Any], note: str) -> None:
        # The permission excludes anonymous users. The user model may be any, hence Any.
        actor: Any = request.user
        # Read before the revocation, which may change what the filters of the list select.
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
                "%(message)s Their histories have no entry because there are too many of them: see"
                " the revocation log."
            ) % {"message": message}
        elif revoked:
            LogEntry.objects.log_actions(
                user_id=actor.pk,
                queryset=first_users,
                action_flag=CHANGE,
                change_message=gettext("Revoked all tokens."),
            )
        # None: the users were deleted after the page was shown. That is no success.
        level = messages.SUCCESS if revoked else messages.WARNING
        self.message_user(request, message, level)

    def _redirect_from_nobody(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with Django's own message for an object that does not exist."""
        message = gettext("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?") % {
            "name": self.opts.verbose_name,
            "key": unquote(object_id),
        }
        self.message_user(request, message, messages.WARNING)
        return HttpResponseRedirect(self._site_url("index"))


def attach(site: admin.AdminSite) -> None:
    """Register the user admins of ``site`` again, each with a class that has the mixin."""
    for model in filter(is_user_class, apps.get_models()):
        if not site.is_registered(model):
            continue
        existing = type(site.get_model_admin(model))
        if issubclass(existing, RevokeTokensMixin):
            continue
        # AdminSite.register makes classes of the options it is given in the same way.
        equipped = type(
            existing.__name__, (RevokeTokensMixin, existing), {"__module__": existing.__module__}
        )
        site.unregister(model)
        site.register(model, equipped)
