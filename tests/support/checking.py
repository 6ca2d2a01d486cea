"""Run the system checks of this app."""

from django.core.checks import run_checks
from django.db.migrations.recorder import MigrationRecorder


def check_site(*, deploy=False):
    """Return the messages of our checks, each of which must say what it is about."""
    messages = run_checks(tags=["jwt_invalidation"], include_deployment_checks=deploy)
    assert [each for each in messages if each.obj is None] == []
    return messages


def only_message():
    """Return the one message of our checks."""
    [message] = check_site()
    return message


def install_at(moment):
    """Let our migrations have been applied at this moment."""
    applied = MigrationRecorder.Migration.objects.filter(app="jwt_invalidation")
    applied.update(applied=moment)
