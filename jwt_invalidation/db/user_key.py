"""A column that holds the primary key of a user, and is no relation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import Col

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field


class UserKeyField(Field):
    """The primary key of a user who may be gone, in a column of the key's own type.

    Not a foreign key without a constraint: ``dumpdata --natural-foreign`` loads the user behind
    one, and code that merges accounts moves what refers to one of them to the other.

    Integers are 64 bits wide, because Django widens no column but those of relations when the
    users' keys become wider.
    """

    token_states: type[models.Model]

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any) -> None:
        """Find the token states, whose ``user`` has the key. A migration has its own of them."""
        super().contribute_to_class(cls, name, *args)
        # Kept, as a foreign key keeps its model: SQLite makes tables anew in an empty registry.
        found = partial(setattr, self, "token_states")
        cls._meta.apps.lazy_model_operation(found, ("jwt_invalidation", "tokenstate"))

    @property
    def key(self) -> Field:
        """The field whose values are held here."""
        field: Any = self.token_states._meta.get_field("user")
        # A multi-table child has its parent as its key.
        while field.remote_field is not None:
            field = field.target_field
        return models.BigIntegerField() if isinstance(field, models.IntegerField) else field

    def get_col(self, alias: str, output_field: Any = None) -> Col:
        """Return the column. Its values are converted and compared as those of the key."""
        return super().get_col(alias, output_field or self.key)

    def to_python(self, value: Any) -> Any:
        """Return a value as an instance has it."""
        return self.key.to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return a value as a query takes it."""
        return self.key.get_prep_value(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return a value as the driver of the database takes it."""
        return self.key.get_db_prep_value(value, connection, prepared)

    def db_type(self, connection: Any) -> str | None:
        """Return the type that a column that refers to the key has."""
        return self.key.rel_db_type(connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return type and collation: databases refuse to compare texts of two collations."""
        collation = self.key.db_parameters(connection).get("collation")
        return {"type": self.db_type(connection), "check": None, "collation": collation}
