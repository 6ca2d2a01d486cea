"""What a test wants of the user model that it runs with."""

from django.db import models
import pytest

from jwt_invalidation.gate.lookup import user_id_field
from jwt_invalidation.users import is_active_is_stored

needs_is_active = pytest.mark.skipif(
    not is_active_is_stored(), reason="this user model has no is_active column"
)
needs_integer_ids = pytest.mark.skipif(
    not isinstance(user_id_field(), models.IntegerField), reason="the user ids are no integers"
)
