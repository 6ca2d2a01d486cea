"""``manage.py inspect_token``, with what must hold of each of its runs."""

from contextlib import contextmanager
from io import StringIO
import json
import sys
from typing import NamedTuple

from django.core.management import CommandError, call_command
from django.db import connection
import pytest

from jwt_invalidation.models import TokenState

READS = ("SELECT", "SHOW", "PRAGMA")


class Seen(NamedTuple):
    """What an operator sees of one run."""

    out: str
    err: str
    status: int

    @property
    def last(self):
        """The last line: the verdict."""
        return self.out.splitlines()[-1]

    @property
    def json(self):
        return json.loads(self.out)

    def about(self, name):
        """Return the answer to one question."""
        [line] = [line for line in self.out.splitlines() if line.startswith(f"  {name} ")]
        return line.removeprefix(f"  {name}").strip()


def inspect(token, *arguments, typed=None):
    """Run the command on a token, or on what is typed around it; nothing secret is shown or written."""
    out, err, status = StringIO(), StringIO(), 0
    with given(token if typed is None else typed), connection.execute_wrapper(read_only):
        try:
            call_command("inspect_token", *arguments, stdout=out, stderr=err)
        except SystemExit as ended:
            status = ended.code
        except CommandError as error:
            status = error.returncode
            err.write(str(error))
    seen = Seen(out.getvalue(), err.getvalue(), status)
    assert_kept_secret(token, seen.out + seen.err)
    return seen


def read_only(execute, sql, params, many, context):
    """Send what reads; the command must send nothing else."""
    assert sql.lstrip().startswith(READS), sql
    return execute(sql, params, many, context)


@contextmanager
def given(text):
    """Let ``text`` be what comes in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", StringIO(text))
        yield


def assert_kept_secret(token, shown):
    """Assert that neither the token nor its signature, nor much of it, is shown."""
    signature = token.rpartition(".")[2]
    for secret in (token, signature, signature[: len(signature) // 2]):
        assert len(secret) < 8 or secret not in shown


def version_of(user):
    return TokenState.objects.get(user=user.pk).token_version


def change_password(user):
    user.set_password("another horse")
    user.save()
