from datetime import UTC, datetime

import pytest

from tests.support.clock import stopped


@pytest.fixture
def clock(db):
    with stopped(datetime.now(UTC).replace(microsecond=0)) as clock:
        yield clock
