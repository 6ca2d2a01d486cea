"""Run the system checks of this app."""

from django.core.checks import run_checks


def check_site(*, deploy=False):
    """Return the messages of our checks, each of which must say what it is about."""
    messages = run_checks(tags=["jwt_invalidation"], include_deployment_checks=deploy)
    assert [each for each in messages if each.obj is None] == []
    return messages
