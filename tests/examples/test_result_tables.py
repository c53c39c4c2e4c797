"""Tables of results: cells, marks, order, Markdown."""

from __future__ import annotations

import pytest
from result_tables import (
    ResultTable,
    classwise_table,
    hyperparameter_table,
    interval_table,
    settings_table,
)
from task_trials import TaskTrials


def constant(result, n_trials=4, **more):
    """Trials of one result each: an interval is a point, any difference significant."""
    return [{"dev": result, "test": result, **more} for _ in range(n_trials)]


SCORE = TaskTrials(
    "MA",
    {
        "a": constant(0.5),
        "b": constant(0.625),
        "c": constant(0.375),
        "d": constant(0.5),
    },
)
ERROR = TaskTrials(
    "MAE",
    {"a": constant(2.0), "b": constant(1.0), "c": constant(2.0), "d": constant(3.0)},
    greater_is_better=False,
)
ROWS = {"a": "A", "b": "B", "c": "C", "d": "D"}


def test_marks_of_settings():
    """Significant differences have an asterisk, whether for better or for worse."""
    table = settings_table([SCORE, ERROR], "Title.", ROWS)
    assert table.header == ["", "MA", "MAE"]
    assert table.rows == [
        ["A (baseline)", "0.500", "2.000"],
        ["B", "0.625*", "1.000*"],
        ["C", "0.375*", "2.000"],
        ["D", "0.500", "3.000*"],
    ]
    assert table.title.startswith("Title. *")
    assert "^" not in table.title


def test_caret_of_the_baseline():
    rows = {"b": "B", "c": "C"}
    table = settings_table([SCORE, ERROR], "Title.", rows, caret_against="a")
    assert table.rows == [
        ["B (baseline)", "0.625^", "1.000^"],
        ["C", "0.375*", "2.000*"],
    ]
    table = settings_table([SCORE], "Title.", {"d": "D"}, caret_against="a")
    assert table.rows == [["D (baseline)", "0.500"]]


def test_a_cell_is_the_test_result_of_the_best_development_trial():
    actual = [
        {"dev": 1, "test": 0.25},
        {"dev": 3, "test": 0.125},
        {"dev": 2, "test": 1},
    ]
    task = TaskTrials("t", {"a": actual})
    assert settings_table([task], "", {"a": "A"}).rows == [["A (baseline)", "0.125"]]
    task = TaskTrials("t", {"a": actual}, greater_is_better=False)
    assert settings_table([task], "", {"a": "A"}).rows == [["A (baseline)", "0.250"]]


def test_classes_from_the_rarest():
    task = TaskTrials(
        "MA(2)",
        {
            "flat": constant(0.5, f1={"sad": 0.25, "happy": 0.75}),
            "rock": constant(0.5, f1={"sad": 0.5, "happy": 0.75}),
        },
        class_counts={"happy": 20, "sad": 10},
    )
    hypotheses = {"H3": ("flat", "rock"), "back": ("rock", "flat")}
    table = classwise_table(task, "Title.", hypotheses)
    assert table.header == [
        "label", "count", "H3: flat", "H3: rock", "back: rock", "back: flat",
    ]  # fmt: skip
    assert table.rows == [
        ["sad", "10", "0.250", "0.500*", "0.500", "0.250*"],
        ["happy", "20", "0.750", "0.750", "0.750", "0.750"],
    ]


def test_hyperparameters_of_the_best_of_all_settings():
    score = TaskTrials(
        "MA",
        {
            "a": constant(0.5, params={"lr": 0.00123456, "scheme": "random"}),
            "b": constant(0.75, params={"lr": 1e-5, "scheme": "linear", "P": 256}),
        },
    )
    error = TaskTrials(
        "MAE",
        {
            "a": constant(0.5, params={"lr": 0.5, "scheme": "softmax"}),
            "b": constant(0.75, params={"lr": 1.0, "scheme": "linear"}),
        },
        greater_is_better=False,
    )
    rows = {"lr": "learning rate", "scheme": "weights", "P": "Pri GRU"}
    table = hyperparameter_table([score, error], "Title.", ["a", "b"], rows)
    assert table.header == ["", "MA", "MAE"]
    assert table.rows == [
        ["setting", "b", "a"],
        ["development", "0.750", "0.500"],
        ["test", "0.750", "0.500"],
        ["learning rate", "1e-05", "0.5"],
        ["weights", "linear", "softmax"],
        ["Pri GRU", "256", ""],
    ]


def test_intervals_say_which_way():
    table = interval_table([SCORE, ERROR], [("a", "b"), ("a", "d"), ("a", "none")])
    verdict = "not significantly different"
    assert table.rows == [
        ["MA", "a", "0.500", "b", "0.625", "[+0.125, +0.125]", "better"],
        ["MA", "a", "0.500", "d", "0.500", "[+0.000, +0.000]", verdict],
        ["MAE", "a", "2.000", "b", "1.000", "[-1.000, -1.000]", "better"],
        ["MAE", "a", "2.000", "d", "3.000", "[+1.000, +1.000]", "worse"],
    ]


def test_markdown():
    table = ResultTable("Title.", ["", "x"], [["a", "1"], ["b", "2"]])
    expected = "Title.\n\n|  | x |\n| --- | --- |\n| a | 1 |\n| b | 2 |"
    assert table.markdown() == expected


def test_unequal_numbers_of_trials_are_refused():
    task = TaskTrials("t", {"a": constant(1.0), "b": constant(1.0, n_trials=3)})
    with pytest.raises(ValueError, match="same number of trials"):
        settings_table([task], "", {"a": "A", "b": "B"})
