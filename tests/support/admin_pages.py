"""The admin as an operator meets it: pages are fetched, their forms filled in and sent back."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import ModuleType

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission, PermissionsMixin
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import include, path, reverse
import pytest

from jwt_invalidation.admin.sessions import TokenSessionAdmin
from jwt_invalidation.admin.state import RevocationAdmin, TokenStateAdmin
from jwt_invalidation.admin.users import attach
from jwt_invalidation.models import Revocation, TokenSession, TokenState
from tests.support import people

#: The name of an admin site that a test serves beside the stock one; it comes first then.
OTHER_SITE = "desk"

needs_permissions = pytest.mark.skipif(
    not issubclass(get_user_model(), PermissionsMixin),
    reason="this user model knows superusers and nobodies, and no single permissions",
)


@dataclass
class Form:
    """What a browser knows of a form."""

    method: str
    action: str
    hidden: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, **filled):
        """Return what is sent: the hidden inputs, and what the operator chose or wrote."""
        unknown = filled.keys() - self.hidden.keys() - self.offered.keys()
        assert not unknown, f"The form does not offer {unknown}."
        return {**self.hidden, **filled}


class Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.select = ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append(Form(attrs.get("method", "get"), attrs.get("action", "")))
        if not self.forms:
            return
        if tag == "option":
            self.forms[-1].offered[self.select].append(attrs.get("value", ""))
        elif name := attrs.get("name"):
            self.select = name
            is_hidden = tag == "input" and attrs.get("type") == "hidden"
            kind = self.forms[-1].hidden if is_hidden else self.forms[-1].offered
            values = kind.setdefault(name, [])
            if tag != "select":
                values.append(attrs.get("value", ""))


def form_on(page, control):
    """Return the one form of the page that has this control."""
    assert page.status_code == 200, page
    [form] = [each for each in Forms(page).forms if control in {**each.hidden, **each.offered}]
    return form


def submit(browser, page, control, **filled):
    """Fill in the form that has this control, send it as a browser does, return the answer."""
    form = form_on(page, control)
    query = page.request["QUERY_STRING"]
    here = page.request["PATH_INFO"] + (f"?{query}" if query else "")
    assert form.method == "post"
    return browser.post(form.action or here, form.fill(**filled))


def select(browser, users, *, query="", across=False, action="revoke_tokens", model=None):
    """Choose users on the list and an action for them; return the answer."""
    page = browser.get(url("changelist", model=model) + query)
    keys = [str(user.pk) for user in users]
    form = form_on(page, "_selected_action")
    assert action in form.offered["action"]
    assert set(keys) <= set(form.offered["_selected_action"])
    filled = {"_selected_action": keys, "select_across": "1" if across else "0", "index": "0"}
    return submit(browser, page, "_selected_action", action=action, **filled)


def confirm(browser, page, note=""):
    """Send the confirmation page back with a note, and return the page that follows."""
    answer = submit(browser, page, "note", note=note)
    assert answer.status_code == 302, answer.content
    return browser.get(answer.url)


def url(page, *users, model=None):
    """Return the address of a page of the user admin."""
    meta = (model or get_user_model())._meta
    keys = [quote(user.pk) for user in users]
    name = f"admin:{meta.app_label}_{meta.model_name}_{page}"
    return reverse(name, args=keys, current_app=OTHER_SITE)


def messages_on(page):
    """Return the messages that a page shows, each with its level."""
    return [(message.level_tag, str(message)) for message in get_messages(page.wsgi_request)]


def serve(settings, site):
    """Serve this admin instead of the stock one."""
    urls = ModuleType("urls_of_an_admin")
    urls.urlpatterns = [path("admin/", site.urls), path("", include("tests.settings.urls"))]
    settings.ROOT_URLCONF = urls
    return site


def serve_users(settings):
    """Serve an admin that has the user model, which the stock one has only if it is Django's."""
    if admin.site.is_registered(get_user_model()):
        return admin.site
    site = admin.AdminSite()
    site.register(get_user_model(), admin.ModelAdmin)
    site.register(TokenState, TokenStateAdmin)
    site.register(Revocation, RevocationAdmin)
    site.register(TokenSession, TokenSessionAdmin)
    attach(site)
    return serve(settings, site)


def log_in(user):
    """Return a browser in which ``user`` is logged in to the admin, forgeries forbidden."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def superuser():
    return people.make("root", is_staff=True, is_superuser=True)


def staff(*permissions):
    """Make an operator who may do these things, and nothing else."""
    user = people.make("clerk", is_staff=True)
    allow(user, *permissions)
    return user


def allow(user, *permissions):
    """Let an operator do these things, and nothing else."""
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert user.user_permissions.count() == len(permissions)
