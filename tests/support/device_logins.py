"""Logins from devices that can be told apart."""

from rest_framework.test import APIClient

from jwt_invalidation.models import TokenSession
from tests.support import people


def log_in(user, agent="Firefox on Linux", address="192.0.2.1"):
    """Log in from a device; return the pair and the session."""
    client = APIClient(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    before = set(TokenSession.objects.values_list("sid", flat=True))
    pair = people.tokens(client, user)
    return pair, TokenSession.objects.exclude(sid__in=before).get()
