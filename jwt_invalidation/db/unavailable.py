"""Answer 503 if the database fails: nobody can tell then whether a token is still wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
import logging

from django.db import DataError, Error
from rest_framework_simplejwt.exceptions import InvalidToken

from ..exceptions import StateUnavailable

logger = logging.getLogger("jwt_invalidation")


@contextmanager
def unavailable_if_database_fails() -> Iterator[None]:
    """Turn a failing database into a 503, and a value that it cannot hold into a 401."""
    try:
        yield
    except DataError as error:
        raise InvalidToken() from error
    except Error as error:
        logger.error(
            "The token state cannot be read; answering 503. If the tables of jwt_invalidation"
            " are missing, run `manage.py migrate`.",
            exc_info=True,
        )
        raise StateUnavailable() from error
