"""Run the system checks of this app."""

from django.core.checks import run_checks


def check_site(*, deploy=False, with_modules=False):
    """Return the messages of our checks, each of which must say what it is about.

    That modules hold classes of simplejwt's is left out unless asked for: those of the tests do.
    """
    messages = run_checks(tags=["jwt_invalidation"], include_deployment_checks=deploy)
    assert [each for each in messages if each.obj is None] == []
    return [each for each in messages if with_modules or each.id != "jwt_invalidation.W009"]


def only_message():
    """Return the one message of our checks."""
    [message] = check_site()
    return message
