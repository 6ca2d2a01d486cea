"""What a process does that has the app of docs/signals.rst: a login, and commands that revoke."""

from io import StringIO
import json
import sys

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command

    from jwt_invalidation.tokens import RefreshToken
    from tests.support import people
    from tests.support.chat.sockets import closed

    call_command("migrate", stdout=StringIO())
    alice = people.make("alice")
    RefreshToken.for_user(alice)
    call_command("revoke_tokens", alice.get_username(), "--no-input", stdout=StringIO())
    RefreshToken.for_user(alice)
    type(alice).objects.update(password="changed")
    call_command("reconcile_tokens", stdout=StringIO())
    call_command("revoke_tokens", "--all", "--no-input", stdout=StringIO())
    sys.stdout.write(json.dumps(closed))
