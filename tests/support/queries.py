"""The statements that a call sends."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(call):
    """Return the statements that ``call`` sends, but for those that frame a transaction."""
    with CaptureQueriesContext(connection) as queries:
        call()
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [each["sql"] for each in queries if not each["sql"].startswith(frames)]
