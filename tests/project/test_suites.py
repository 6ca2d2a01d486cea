"""``make suites`` reads the outcome of others' tests, and says how two runs differ."""

import pytest

from suites.catalogue import SUITES
from suites.comparison import Outcome, problems, read_pytest, read_unittest
from suites.environments import Environment, NoPython, find_python, patch

OF_DJANGO = """\
======================================================================
FAIL: test_one (delete.tests.DeleteTests.test_one) (using='other')
----------------------------------------------------------------------
AssertionError: FAIL: nothing (that.counts)
ERROR: setUpClass (signals.tests.SignalTests)
----------------------------------------------------------------------
Ran 12 tests in 3.456s

FAILED (failures=1, errors=1)
"""
OF_PYTEST = """\
tests/test_a.py::test_one FAILED
=========================== short test summary info ===========================
FAILED tests/test_a.py::test_one - AssertionError: FAILED tests/test_b.py::no
SUBFAILED[each of f{them}] tests/test_a.py::TestA::test_two - ValueError
ERROR tests/test_c.py
3 failed, 7 passed, 2 skipped, 141 warnings, 18 subtests passed, 1 error in 4.09s
"""
ONE, TWO = "a.test_one", "a.test_two"


def outcome(*failed, ran=10):
    return Outcome(ran, frozenset(failed))


def test_the_outcome_of_djangos_runner_is_read():
    names = {"delete.tests.DeleteTests.test_one", "signals.tests.SignalTests"}

    assert read_unittest(OF_DJANGO) == Outcome(12, frozenset(names))


def test_the_outcome_of_pytest_is_read():
    names = {"tests/test_a.py::test_one", "tests/test_a.py::TestA::test_two", "tests/test_c.py"}

    assert read_pytest(OF_PYTEST) == Outcome(13, frozenset(names))


@pytest.mark.parametrize("read", [read_unittest, read_pytest])
@pytest.mark.parametrize("output", ["", "Traceback (most recent call last):\nImportError: no"])
def test_a_run_that_did_not_finish_has_no_outcome(read, output):
    with pytest.raises(ValueError, match="did not finish"):
        read(output)


def test_what_fails_without_the_app_as_well_is_no_problem():
    assert problems(outcome(ONE), outcome(ONE), {}) == []


def test_what_fails_with_the_app_is_a_problem_unless_it_is_meant():
    assert problems(outcome(), outcome(ONE), {}) == [f"fails with the app: {ONE}"]
    assert problems(outcome(), outcome(ONE), {ONE: "why"}) == []


@pytest.mark.parametrize("without", [outcome(), outcome(ONE)])
def test_what_is_meant_and_no_different_is_a_problem(without):
    assert problems(without, without, {ONE: "why"}) == [f"listed, but not different: {ONE}"]


def test_what_the_app_mends_or_hides_is_a_problem():
    assert problems(outcome(TWO), outcome(), {}) == [f"fails only without the app: {TWO}"]
    assert problems(outcome(), outcome(ran=9), {}) == [
        "10 tests ran without the app, 9 with it",
    ]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_each_difference_has_its_reason_and_belongs_to_what_is_run(suite):
    for name, reason in suite.differences.items():
        assert reason.endswith(".")
        assert name.split(".")[0] in suite.labels


def test_suites_do_not_share_what_is_kept():
    folders = {Environment(suite).folder for suite in SUITES}

    assert len(folders) == len(SUITES)


def test_djangos_runner_must_look_as_it_is_known(tmp_path):
    runner = tmp_path / "runtests.py"
    runner.write_text('ALWAYS_INSTALLED_APPS = [\n]\n        "auth": None,\n')
    patch(runner)
    assert "EXTRA_APPS" in runner.read_text()
    assert '"jwt_invalidation": None' in runner.read_text()

    runner.write_text("ALWAYS_INSTALLED_APPS = ()\n")
    with pytest.raises(ValueError, match="exactly one"):
        patch(runner)


def test_a_python_that_does_not_start_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, status in (("python3.12", 1), ("python3.13", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)

    assert find_python((3, 12)) == str(tmp_path / "python3.13")
    with pytest.raises(NoPython):
        find_python((3, 14))
