import pytest


class Router:
    """Sends the models of some apps elsewhere, or keeps their tables from being made."""

    def __init__(self, *, elsewhere=(), forbidden=()):
        self.elsewhere = elsewhere
        self.forbidden = forbidden

    def db_for_write(self, model, **hints):
        return "elsewhere" if model._meta.label_lower in self.elsewhere else None

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        return None if f"{app_label}.{model_name}" not in self.forbidden else False


@pytest.fixture
def route(settings):
    """Let a router send these models elsewhere, or forbid their tables."""

    def install(**models):
        settings.DATABASE_ROUTERS = [Router(**models)]

    return install


@pytest.fixture
def simple_jwt(settings):
    """Change some keys of ``SIMPLE_JWT``."""

    def change(**keys):
        settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, **keys}

    return change


@pytest.fixture
def activate(settings):
    """List these strategies in the settings."""

    def change(*paths):
        settings.JWT_INVALIDATION = {"STRATEGIES": list(paths)}

    return change
