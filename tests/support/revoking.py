"""``manage.py revoke_tokens``, and what it says."""

from django.core.management import CommandError
import pytest

from jwt_invalidation.models import Revocation, TokenEpoch
from tests.support.commands import run


def revoke(*arguments):
    """Run the command as a script does, and return what it prints."""
    return run("revoke_tokens", *arguments, "--no-input")


def refused(*arguments):
    """Return what the command says when it refuses."""
    with pytest.raises(CommandError) as raised:
        run("revoke_tokens", *arguments)
    assert raised.value.returncode == 1
    return str(raised.value)


def assert_nothing_revoked():
    assert not Revocation.objects.exists()
    assert not TokenEpoch.objects.exists()
