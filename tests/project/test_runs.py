"""What ``python -m tests`` makes of the outcomes of its runs."""

import json

import pytest

from tests.__main__ import ANY_USER_MODEL, Run, forgotten

EVERYTHING, OF_USERS = Run("everything"), Run("of users", {}, (ANY_USER_MODEL,))


@pytest.fixture
def written(tmp_path):
    """Write the outcomes of a run, as its plugin does; return what was forgotten."""

    def write(**passed_by_run):
        for run, passed in ((EVERYTHING, "everything"), (OF_USERS, "of_users")):
            outcomes = [
                {"test": test, "markers": [ANY_USER_MODEL], "passed": has_passed}
                for test, has_passed in passed_by_run[passed].items()
            ]
            lines = "".join(f"{json.dumps(each)}\n" for each in outcomes)
            run.outcomes(tmp_path).write_text(lines)
        return forgotten([EVERYTHING, OF_USERS], tmp_path)

    return write


def test_a_marked_test_that_runs_as_its_marker_says_is_fine(written):
    assert written(everything={"a": True}, of_users={"a": True}) == []


def test_a_marked_test_that_needs_the_stock_user_model_is_fine(written):
    assert written(everything={"a": True}, of_users={"a": False}) == []


def test_a_marked_test_that_no_run_of_its_kind_collects_is_forgotten(written):
    [problem] = written(everything={"a": True}, of_users={})

    assert problem == "a is marked any_user_model: no such run collects it"


def test_a_marked_test_that_passes_nowhere_is_forgotten(written):
    assert written(everything={"a": False}, of_users={"a": False}) == ["a passes in no run"]
