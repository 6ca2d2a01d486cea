"""Whether the end of an account can be seen in its row."""

from django.core.checks import WARNING
import pytest

from jwt_invalidation.users import is_active_is_stored, user_model
from tests.support.checking import check_site

pytestmark = [pytest.mark.any_user_model]


@pytest.mark.skipif(is_active_is_stored(), reason="this user model has the column")
def test_a_property_in_place_of_the_column_is_told(monkeypatch):
    assert check_site() == []

    monkeypatch.setattr(user_model(), "is_active", property(lambda user: not user.is_staff))

    [warning] = check_site()
    assert (warning.id, warning.level) == ("jwt_invalidation.W006", WARNING)
    assert warning.obj is user_model()
    assert warning.msg.startswith("is_active is no column")
    assert "revoke_user(user" in warning.hint


@pytest.mark.skipif(not is_active_is_stored(), reason="this user model has no such column")
def test_a_column_is_fine():
    assert check_site() == []
