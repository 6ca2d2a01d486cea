class OursOnlyOnDefault:
    """Keeps the tables of this app off every other database."""

    def allow_migrate(self, db, app_label, **hints):
        return db == "default" or app_label != "jwt_invalidation"


class ReadsFromAReplica:
    """Reads from ``other``, writes to ``default``."""

    def db_for_read(self, model, **hints):
        return "other"

    def db_for_write(self, model, **hints):
        return "default"


class Router:
    """Sends the models of some apps elsewhere, or keeps their tables from being made."""

    def __init__(self, *, elsewhere=(), forbidden=()):
        self.elsewhere = elsewhere
        self.forbidden = forbidden

    def db_for_write(self, model, **hints):
        return "elsewhere" if model._meta.label_lower in self.elsewhere else None

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        return None if f"{app_label}.{model_name}" not in self.forbidden else False
