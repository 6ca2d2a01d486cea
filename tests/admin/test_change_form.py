"""The button gets into the change form that a project has already, whatever that is."""

from copy import deepcopy

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.template import engines
import pytest

from jwt_invalidation.admin import RevokeTokensMixin
from tests.support import admin_pages as pages

pytestmark = pytest.mark.django_db

BUTTON = "revoketokenslink"


@pytest.fixture
def loaded(settings):
    """Return a function that serves templates of a project's own."""

    def load(**templates):
        configured = deepcopy(settings.TEMPLATES)
        configured[0]["APP_DIRS"] = False
        configured[0]["OPTIONS"]["loaders"] = [
            ("django.template.loaders.locmem.Loader", templates),
            "django.template.loaders.app_directories.Loader",
        ]
        settings.TEMPLATES = configured

    return load


def serve(settings, admin_class):
    """Serve the user model by this admin class."""
    site = admin.AdminSite()
    site.register(get_user_model(), admin_class)
    pages.serve(settings, site)


def test_a_change_form_of_the_admins_own_is_kept_and_gets_the_button(settings, loaded, root, alice):
    class Own(RevokeTokensMixin, admin.ModelAdmin):
        change_form_template = "own.html"

    serve(settings, Own)
    loaded(
        **{
            "own.html": '{% extends "admin/change_form.html" %}'
            "{% block form_top %}THE PROJECT'S OWN{% endblock %}"
        }
    )

    page = pages.log_in(root).get(pages.url("change", alice)).content.decode()

    assert "THE PROJECT'S OWN" in page
    assert BUTTON in page


def test_change_forms_overridden_for_all_and_for_the_model_are_kept_and_get_the_button(
    settings, loaded, root, alice
):
    pages.serve_users(settings)
    meta = get_user_model()._meta
    own = "{{% extends 'admin/change_form.html' %}}{{% block {} %}}{}{{% endblock %}}"
    loaded(
        **{
            "admin/change_form.html": own.format("form_top", "FOR ALL"),
            f"admin/{meta.app_label}/{meta.model_name}/change_form.html": own.format(
                "after_field_sets", "FOR USERS"
            ),
        }
    )

    page = pages.log_in(root).get(pages.url("change", alice)).content.decode()

    assert "FOR ALL" in page
    assert "FOR USERS" in page
    assert BUTTON in page


def test_a_template_object_as_the_change_form_gets_the_button(settings, root, alice):
    class Compiled(RevokeTokensMixin, admin.ModelAdmin):
        change_form_template = engines["django"].from_string(
            '{% extends "admin/change_form.html" %}{% block form_top %}COMPILED{% endblock %}'
        )

    serve(settings, Compiled)

    page = pages.log_in(root).get(pages.url("change", alice)).content.decode()

    assert "COMPILED" in page
    assert BUTTON in page


def test_a_page_that_is_no_template_is_left_alone(settings, root, alice):
    class Plain(admin.ModelAdmin):
        def render_change_form(self, request, context, *args, **kwargs):
            return HttpResponse("plain")

    serve(settings, type("PlainWithTokens", (RevokeTokensMixin, Plain), {}))

    assert pages.log_in(root).get(pages.url("change", alice)).content == b"plain"


def test_a_form_for_a_new_user_gets_no_button_whatever_it_shows(settings, loaded, root):
    class Own(RevokeTokensMixin, admin.ModelAdmin):
        add_form_template = "add.html"

    serve(settings, Own)
    loaded(**{"add.html": "{% block object-tools-items %}TOOLS{% endblock %}"})

    assert pages.log_in(root).get(pages.url("add")).content == b"TOOLS"
