"""The site of the tests with a retention that is a number, of days perhaps."""

from tests.settings.base import *  # noqa: F403

JWT_INVALIDATION = {"AUDIT_RETENTION": 365}
