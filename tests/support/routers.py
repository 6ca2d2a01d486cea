class OursOnlyOnDefault:
    """Keeps the tables of this app off every other database."""

    def allow_migrate(self, db, app_label, **hints):
        return db == "default" or app_label != "jwt_invalidation"


class PerSchema:
    """Allows the tables of the current schema alone, as django-tenants does: the users' are public."""

    current = "public"

    def allow_migrate(self, db, app_label, **hints):
        return PerSchema.current == "public"


class ReadsFromAReplica:
    """Reads from ``other``, writes to ``default``."""

    def db_for_read(self, model, **hints):
        return "other"

    def db_for_write(self, model, **hints):
        return "default"
