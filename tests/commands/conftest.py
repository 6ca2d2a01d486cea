"""Fixtures of the tests of commands."""

import pytest
import time_machine

from tests.support.inspecting import NOON


@pytest.fixture
def clock():
    """Stop the clock at noon; a test may move it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
