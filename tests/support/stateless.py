"""The view that authenticates without a query, as a client meets it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.support.endpoints import sound


def browse(token, client=None):
    """Return the answer of the stateless view, once it is sure that nothing was raised behind it."""
    client = client or APIClient(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {token}"}
    return sound(client.get("/api/catalogue/", headers=headers))


def browse_without_queries(token):
    with CaptureQueriesContext(connection) as queries:
        answer = browse(token)
    assert [each["sql"] for each in queries] == []
    return answer
