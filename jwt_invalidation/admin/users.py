"""Revoke tokens from the user admin: an action on the list, a button on the user's own page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import django
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import revocation
from ..users import is_user_class

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

# Of more users at once than this, the histories in the admin are not written: the log is.
HISTORY_LIMIT = 1_000


class NoteForm(forms.Form):
    """The one question of the confirmation pages."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1_000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Why; it is kept in the revocation log."),
    )


class RevokeTokensMixin(Base):
    """Gives a user admin the action "Revoke all tokens" and the button "Revoke tokens".

    Name it before the admin class: ``class UserAdmin(RevokeTokensMixin, auth.UserAdmin)``. The
    stock user admin has it without that. Both need the permission
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
        return request.user.has_perm("jwt_invalidation.revoke_tokens")

    @admin.action(permissions=["revoke_tokens"], description=_("Revoke all tokens"))
    def revoke_tokens(self, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
        """Ask for a confirmation, then revoke all tokens of the users selected."""
        form = _note_form(request)
        if form.is_valid():
            self._revoke(request, queryset, form.cleaned_data["note"])
            return None
        if forms.BooleanField().to_python(request.POST.get("select_across")):
            # One key stands for all: Django wants to see one, and chooses by the filters again.
            keys, users = request.POST.getlist(ACTION_CHECKBOX_NAME)[:1], []
            count, hidden = queryset.count(), [("select_across", "1")]
        else:
            users = list(queryset)
            keys, count, hidden = [str(user.pk) for user in users], len(users), []
        hidden += [("action", "revoke_tokens"), *((ACTION_CHECKBOX_NAME, key) for key in keys)]
        return self._confirmation(
            request,
            form,
            hidden=hidden,
            count=count,
            users=users,
            back_url=request.get_full_path(),
        )

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
        form = _note_form(request)
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

    def _confirmation(
        self,
        request: HttpRequest,
        form: NoteForm,
        crumbs: Sequence[tuple[str, str]] = (),
        **context: Any,
    ) -> TemplateResponse:
        app = self.opts.app_config
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/jwt_invalidation/revoke_tokens_confirmation.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Revoke all tokens"),
                "subtitle": None,
                "opts": self.opts,
                "form": form,
                # Django 6.1 made them a list, and styles nothing else.
                "breadcrumbs_are_a_list": django.VERSION >= (6, 1),
                "crumbs": [
                    (self._site_url("index"), gettext("Home")),
                    (self._site_url("app_list", self.opts.app_label), app.verbose_name),
                    (self._url("changelist"), capfirst(self.opts.verbose_name_plural)),
                    *crumbs,
                ],
                **context,
            },
        )

    def _redirect_from_nobody(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do as Django does for an object that is not there; the words are its own."""
        message = gettext("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?") % {
            "name": self.opts.verbose_name,
            "key": unquote(object_id),
        }
        self.message_user(request, message, messages.WARNING)
        return HttpResponseRedirect(self._site_url("index"))

    def _url(self, page: str, *args: Any) -> str:
        return self._site_url(f"{self.opts.app_label}_{self.opts.model_name}_{page}", *args)

    def _site_url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{name}", args=args, current_app=self.admin_site.name)


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


def _note_form(request: HttpRequest) -> NoteForm:
    """Return the form, bound if it is the confirmation page that was posted."""
    return NoteForm(request.POST if "post" in request.POST else None)
