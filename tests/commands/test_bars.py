"""Bars of text, of any series of counts."""

import pytest

from jwt_invalidation.report.bars import Series, draw_bars


def test_bars_are_in_proportion_and_the_largest_fills_the_line():
    labels, series = ["logins", "logouts", "none"], Series([20, 5, 0])

    drawn = draw_bars(labels, series, width=31, columns=1)

    assert drawn == [
        "logins  20 ####################",
        "logouts  5 #####",
        "none     0",
    ]


def test_a_count_that_is_small_beside_the_others_still_shows():
    [_, least] = draw_bars(["a", "b"], Series([1_000_000, 1]), width=40, columns=1)

    assert least == "b       1 #"


def test_the_labels_run_down_one_column_after_the_other():
    drawn = draw_bars(["a", "b", "c"], Series([4, 2, 4]), width=19, columns=2)

    assert drawn == ["a 4 ####   c 4 ####", "b 2 ##"]


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("width", [40, 79, 80, 81, 200])
def test_no_line_is_wider_than_it_may_be(width, columns):
    labels = [f"day {number}" for number in range(14)]

    drawn = draw_bars(labels, Series(range(14)), width=width, columns=columns)

    assert width - columns < max(len(line) for line in drawn) <= width


def test_of_zeros_there_are_no_bars():
    assert draw_bars(["a", "b"], Series([0, 0]), width=40, columns=1) == ["a 0", "b 0"]


def test_of_nothing_there_are_no_lines():
    assert draw_bars([], Series([]), width=40, columns=2) == []


def test_each_series_has_its_own_mark_and_its_own_proportion():
    many, few = Series([5_000, 2_500], "="), Series([1, 2], "#")

    drawn = draw_bars(["a", "b"], many, few, width=31, columns=1)

    assert drawn == [
        "a 5000 ========= 1 ######",
        "b 2500 =====     2 ############",
    ]


def test_series_side_by_side_fit_the_width_as_one_does():
    labels, series = [f"day {number}" for number in range(14)], Series(range(14))

    for width in (40, 79, 80, 81, 200):
        drawn = draw_bars(labels, series, series, width=width, columns=2)

        assert max(len(line) for line in drawn) <= width


def test_where_there_is_no_room_a_bar_is_one_character():
    drawn = draw_bars(["a", "b"], Series([1_000_000, 0]), width=5, columns=1)

    assert drawn == ["a 1000000 #", "b       0"]
