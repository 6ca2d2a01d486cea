"""Compare the run of a suite with the app to the one without it."""

from __future__ import annotations

from collections.abc import Mapping
import re
from typing import NamedTuple

# The parameters of a subtest follow the name, in further brackets.
UNITTEST_FAILURE = re.compile(r"^(?:FAIL|ERROR): \w+ \(([\w.]+)\)", re.MULTILINE)
UNITTEST_COUNT = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
PYTEST_FAILURE = re.compile(
    r"^(?:SUB)?(?:FAILED|ERROR)(?:\[.*?\])? (\S+?\.py\S*?)(?: - .*)?$", re.MULTILINE
)
PYTEST_COUNT = re.compile(r"(\d+) (?:passed|failed|skipped|xfailed|xpassed|errors?)\b")


class Outcome(NamedTuple):
    """How many tests a run had, and which of them failed."""

    ran: int
    failed: frozenset[str]


def read_unittest(output: str) -> Outcome:
    """Return the outcome that Django's runner prints; raise ``ValueError`` if it did not finish."""
    count = UNITTEST_COUNT.search(output)
    if count is None:
        raise ValueError("The run did not finish.")
    return Outcome(int(count[1]), frozenset(UNITTEST_FAILURE.findall(output)))


def read_pytest(output: str) -> Outcome:
    """Return the outcome that pytest prints with ``-rfE``; raise ``ValueError`` as above."""
    *_, summary = output.rstrip().splitlines() or [""]
    counts = PYTEST_COUNT.findall(summary)
    if not counts:
        raise ValueError("The run did not finish.")
    return Outcome(sum(map(int, counts)), frozenset(PYTEST_FAILURE.findall(output)))


def problems(without: Outcome, with_app: Outcome, meant: Mapping[str, str]) -> list[str]:
    """Return what is wrong, a line each: nothing if the runs differ in what is ``meant`` alone."""
    added = with_app.failed - without.failed
    found = [f"fails with the app: {each}" for each in sorted(added - meant.keys())]
    found += [f"listed, but not different: {each}" for each in sorted(meant.keys() - added)]
    found += [
        f"fails only without the app: {each}" for each in sorted(without.failed - with_app.failed)
    ]
    if without.ran != with_app.ran:
        found.append(f"{without.ran} tests ran without the app, {with_app.ran} with it")
    return found
