"""What races with tokens, and on which databases it can."""

from django.db import connection
import pytest

from tests.support.fates import change_password, change_password_behind_djangos_back

locks_rows = pytest.mark.skipif(
    not connection.features.has_select_for_update,
    reason="SQLite has one writer at a time: whoever comes second waits for the first",
)


changes = pytest.mark.parametrize("change", [change_password, change_password_behind_djangos_back])
