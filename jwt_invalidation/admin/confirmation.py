"""The page on which an operator confirms a revocation and may add a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import django
from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class NoteForm(forms.Form):
    """The form of the confirmation pages: an optional note."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1_000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("The reason. It is kept in the revocation log."),
    )


def note_form(request: HttpRequest) -> NoteForm:
    """Return the form; it is bound if the confirmation page was submitted."""
    return NoteForm(request.POST if "post" in request.POST else None)


class ConfirmingMixin(Base):
    """Gives an admin class the confirmation page."""

    def _confirmation_of_selected(
        self,
        request: HttpRequest,
        form: NoteForm,
        queryset: QuerySet[Any],
        *,
        action: str,
        **context: Any,
    ) -> TemplateResponse:
        """Return the page for an action on the selected rows: those ticked, or all of the list."""
        if forms.BooleanField().to_python(request.POST.get("select_across")):
            # Django wants at least one key, then selects all rows by the filters of the list.
            keys, selected = request.POST.getlist(ACTION_CHECKBOX_NAME)[:1], []
            count, hidden = queryset.count(), [("select_across", "1")]
        else:
            selected = list(queryset)
            keys, count, hidden = [str(each.pk) for each in selected], len(selected), []
        hidden += [("action", action), *((ACTION_CHECKBOX_NAME, key) for key in keys)]
        return self._confirmation(
            request,
            form,
            hidden=hidden,
            count=count,
            selected=selected,
            back_url=request.get_full_path(),
            **context,
        )

    def _confirmation(
        self,
        request: HttpRequest,
        form: NoteForm,
        *,
        template: str,
        title: Any,
        crumbs: Sequence[tuple[str, str]] = (),
        **context: Any,
    ) -> TemplateResponse:
        app = self.opts.app_config
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/jwt_invalidation/{template}",
            {
                **self.admin_site.each_context(request),
                "title": title,
                "subtitle": None,
                "opts": self.opts,
                "form": form,
                # Django 6.1 styles breadcrumbs only if they are a list.
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

    def _url(self, page: str, *args: Any) -> str:
        return self._site_url(f"{self.opts.app_label}_{self.opts.model_name}_{page}", *args)

    def _site_url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{name}", args=args, current_app=self.admin_site.name)
