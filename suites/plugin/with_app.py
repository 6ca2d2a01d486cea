"""A plugin for pytest: whatever apps a suite's ``conftest.py`` installs, ours is another one."""

from django.conf import LazySettings

configure = LazySettings.configure


def configure_with_app(self, *args, **options):
    """Configure Django as the suite does, with the app as the last one."""
    options["INSTALLED_APPS"] = (*options["INSTALLED_APPS"], "jwt_invalidation")
    configure(self, *args, **options)


LazySettings.configure = configure_with_app
