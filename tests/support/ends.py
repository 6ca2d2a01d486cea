"""Ways a session ends while something else is under way: of a user, and of a pair of its tokens."""

import pytest
from rest_framework.test import APIClient

from jwt_invalidation import sessions
from tests.support import fates
from tests.support.sessions import post
from tests.support.user_models import needs_is_active


def log_out(user, pair):
    assert post(APIClient(), "logout", {"refresh": pair["refresh"]}).status_code == 204


def end_others(user, pair):
    sessions.end_other_sessions(user, keep="another", reason="logout")


def revoke(user, pair):
    fates.revoke(user)


def change_password(user, pair):
    fates.change_password(user)


def delete(user, pair):
    fates.delete(user)


def deactivate(user, pair):
    fates.deactivate(user)


each_end = pytest.mark.parametrize(
    "change",
    [
        log_out,
        end_others,
        revoke,
        change_password,
        delete,
        pytest.param(deactivate, marks=needs_is_active),
    ],
)
