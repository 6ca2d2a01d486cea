"""Who gets the action without code, and whom the system check warns of."""

import subprocess
import sys
from textwrap import dedent

from django.contrib import admin
from django.contrib.admin.sites import all_sites
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
import pytest

from jwt_invalidation.admin import RevokeTokensMixin
from jwt_invalidation.admin.users import attach
from jwt_invalidation.checks.admin import check_user_admin


class OwnAdmin(admin.ModelAdmin):
    list_per_page = 7


@pytest.fixture
def site():
    site = admin.AdminSite(name="desk")
    yield site
    all_sites.discard(site)


def warnings():
    return check_user_admin(None)


def run(*apps, code):
    """Run a project with these apps in a process of its own; return what it prints."""
    script = f"""
        import sys
        import django
        from django.conf import settings

        settings.configure(
            SECRET_KEY="only-for-tests" * 4,
            INSTALLED_APPS={apps!r},
            DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
            USE_TZ=True,
        )
        django.setup()
    """
    command = [sys.executable, "-c", dedent(script) + dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


NEEDED = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"]
ADMIN = ["django.contrib.messages", "django.contrib.sessions", "django.contrib.admin"]

LOOK = """
    from django.contrib import admin
    from django.contrib.auth import get_user_model
    from jwt_invalidation.admin import RevokeTokensMixin
    from jwt_invalidation.checks.admin import check_user_admin

    print(isinstance(admin.site.get_model_admin(get_user_model()), RevokeTokensMixin))
    print(len(check_user_admin(None)))
"""


@pytest.mark.parametrize(
    "apps",
    [[*NEEDED, *ADMIN, "jwt_invalidation"], ["jwt_invalidation", *ADMIN, *NEEDED]],
    ids=["listed last", "listed first"],
)
def test_the_stock_user_admin_has_the_action_wherever_the_app_is_listed(apps):
    assert run(*apps, code=LOOK) == ["True", "0"]


def test_without_djangos_admin_nothing_of_ours_is_imported_and_nobody_is_warned():
    imported = run(
        *NEEDED,
        "jwt_invalidation",
        code="""
            from jwt_invalidation.checks.admin import check_user_admin

            print(len(check_user_admin(None)))
            print(*(name for name in sys.modules if name.startswith("jwt_invalidation.admin")))
        """,
    )

    assert imported == ["0"]


def test_to_check_does_not_register_anything_where_a_project_registers_by_hand():
    printed = run(
        *NEEDED,
        *ADMIN[:-1],
        "django.contrib.admin.apps.SimpleAdminConfig",
        "jwt_invalidation",
        code="""
            from django.contrib import admin
            from jwt_invalidation.checks.admin import check_user_admin

            print(len(check_user_admin(None)))
            print(len(admin.site._registry))
        """,
    )

    assert printed == ["0", "0"]


def test_an_admin_registered_before_is_given_the_action_and_keeps_its_own_ways(site):
    site.register(get_user_model(), OwnAdmin)

    attach(site)

    model_admin = site.get_model_admin(get_user_model())
    assert isinstance(model_admin, RevokeTokensMixin)
    assert isinstance(model_admin, OwnAdmin)
    assert model_admin.list_per_page == 7
    assert "revoke_tokens" in model_admin.actions
    assert f"{type(model_admin).__module__}.{type(model_admin).__name__}" == (
        f"{__name__}.OwnAdmin"
    )
    assert model_admin.check() == []


def test_an_admin_that_has_the_mixin_is_left_alone(site):
    class Explicit(RevokeTokensMixin, OwnAdmin):
        pass

    site.register(get_user_model(), Explicit)
    before = site.get_model_admin(get_user_model())

    attach(site)

    assert site.get_model_admin(get_user_model()) is before


def test_admins_of_other_models_are_left_alone(site):
    site.register(Group, OwnAdmin)

    attach(site)

    assert type(site.get_model_admin(Group)) is OwnAdmin


def test_a_site_whose_user_admin_lacks_the_action_is_warned_of_with_a_hint_to_paste(site):
    site.register(get_user_model(), OwnAdmin)

    [warning] = warnings()

    assert warning.id == "jwt_invalidation.W004"
    assert warning.obj is OwnAdmin
    assert warning.msg == (
        f"The admin of {get_user_model()._meta.label} on the site 'desk' cannot revoke tokens."
    )
    assert 'list "jwt_invalidation" after that app' in warning.hint


@pytest.mark.parametrize("app", [admin.ModelAdmin, OwnAdmin])
def test_what_the_hint_says_to_write_gives_the_admin_the_action(site, app):
    site.register(get_user_model(), app)
    [warning] = warnings()

    exec(warning.hint.partition("registered:\n")[2], {"site": site, "__name__": __name__})

    assert warnings() == []
    model_admin = site.get_model_admin(get_user_model())
    assert isinstance(model_admin, app)
    assert type(model_admin).__name__ == f"Revoking{app.__name__}"
    assert model_admin.check() == []


def test_a_site_whose_user_admin_has_the_action_is_not_warned_of(site):
    site.register(get_user_model(), type("Explicit", (RevokeTokensMixin, OwnAdmin), {}))
    site.register(Group, OwnAdmin)

    assert warnings() == []


def test_where_djangos_admin_is_not_installed_nobody_is_warned(settings, site):
    site.register(get_user_model(), OwnAdmin)

    settings.INSTALLED_APPS = [
        each for each in settings.INSTALLED_APPS if each != "django.contrib.admin"
    ]

    assert warnings() == []


def test_what_the_warning_asks_for_silences_it(site):
    site.register(get_user_model(), OwnAdmin)
    assert len(warnings()) == 1

    attach(site)

    assert warnings() == []
