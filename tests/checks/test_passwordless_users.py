"""A user model without passwords: the site starts, and a check says why no token can be minted."""

import json

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
