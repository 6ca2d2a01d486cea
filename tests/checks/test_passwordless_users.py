"""A user model without passwords: the site starts, and a check says why no token can be minted."""

import json

from django.contrib.auth import get_user_model
from django.core.checks import ERROR
import pytest

from jwt_invalidation import users
from jwt_invalidation.checks import users as users_checks
from jwt_invalidation.models import Revocation, TokenState
from tests.support.commands import manage

MODEL = {"TEST_USER_MODEL": "users.PasswordlessUser", "DATABASE_URL": "sqlite://:memory:"}
SAVE_A_USER = """
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from django.contrib.auth import get_user_model
alice = get_user_model().objects.create(username="alice")
alice.is_active = False
alice.save()
alice.delete()
from jwt_invalidation.models import Revocation, TokenState
import json
print(json.dumps([TokenState.objects.count(), Revocation.objects.count()]))
"""


def test_the_check_says_what_to_do():
    done = manage("check", **MODEL)

    assert done.returncode == 1
    assert "users.PasswordlessUser: (jwt_invalidation.E022)" in done.stderr
    assert "Remove `password = None` from users.PasswordlessUser" in done.stderr
    assert "Traceback" not in done.stderr


def test_users_can_be_saved_and_deleted():
    done = manage("shell", "--no-imports", "--command", SAVE_A_USER, **MODEL)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [0, 0]


@pytest.fixture
def passwordless(monkeypatch):
    """The site as if its user model had no column for passwords."""
    for module in (users, users_checks):
        monkeypatch.setattr(module, "passwords_are_stored", lambda: False)


def test_the_check_names_the_model(passwordless):
    [error] = users_checks.check_password_column()

    assert (error.id, error.level) == ("jwt_invalidation.E022", ERROR)
    assert error.obj is get_user_model()
    assert users_checks.check_is_active() == []


def test_the_user_model_alone_is_the_user(passwordless):
    assert users.is_user_class(get_user_model())
    assert not users.is_user_class(Revocation)


@pytest.mark.django_db
def test_a_save_asks_nothing(passwordless, django_assert_num_queries):
    alice = get_user_model()(username="alice", password="x")
    alice.save()

    with django_assert_num_queries(1):
        alice.save()

    assert not TokenState.objects.exists()
