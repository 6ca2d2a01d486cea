"""What a process does that has the app of docs/signals.rst: a login, and commands that revoke."""

import json

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command

    from jwt_invalidation.tokens import RefreshToken
    from tests.support import people
    from tests.support.chat.sockets import closed

    call_command("migrate", verbosity=0)
    alice = people.make("alice")
    RefreshToken.for_user(alice)
    call_command("revoke_tokens", alice.get_username(), "--no-input", verbosity=0)
    RefreshToken.for_user(alice)
    type(alice).objects.update(password="changed")
    call_command("reconcile_tokens", verbosity=0)
    call_command("revoke_tokens", "--all", "--no-input", verbosity=0)
    print(json.dumps(closed))
