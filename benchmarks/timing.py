"""Time several cases in turns, so that noise of the machine affects all of them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
import gc
from random import Random
from statistics import median
from time import perf_counter_ns

from django.db import connection
from django.test.utils import CaptureQueriesContext

# Entering it prepares a round and returns the call that is timed. Leaving it cleans up.
Case = Callable[[int], AbstractContextManager[Callable[[], object]]]

ROUNDS_PER_COLLECTION = 100
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def medians(cases: Mapping[str, Case], *, rounds: int, warm_up: int) -> dict[str, float]:
    """Return the median of each case in seconds. Each case has its turn in every round.

    The order is shuffled in each round: a case that always follows a similar one finds the caches
    warm.
    """
    turns = list(cases.items())
    random = Random(1)
    spent: dict[str, list[int]] = {name: [] for name in cases}
    gc.disable()
    try:
        for number in range(warm_up + rounds):
            if number % ROUNDS_PER_COLLECTION == 0:
                gc.collect()
            random.shuffle(turns)
            for name, case in turns:
                took = _time(case, number)
                if number >= warm_up:
                    spent[name].append(took)
    finally:
        gc.enable()
    return {name: median(times) / 1e9 for name, times in spent.items()}


def queries(case: Case, number: int = 0) -> int:
    """Return how many statements one call sends, without BEGIN, COMMIT and the like."""
    with case(number) as call, CaptureQueriesContext(connection) as captured:
        call()
    return sum(not query["sql"].startswith(TRANSACTION_CONTROL) for query in captured)


def _time(case: Case, number: int) -> int:
    with case(number) as call:
        started = perf_counter_ns()
        call()
        return perf_counter_ns() - started
