"""Trials of settings: the best one, and what is compared with what."""

from __future__ import annotations

import numpy as np
import pytest
from task_trials import TaskTrials

from hanrock_sk.evaluation import bootstrap_comparison


def trials(seed, shift=0.0, n_trials=8):
    random = np.random.default_rng(seed)
    return [
        {
            "dev": shift + random.random(),
            "test": shift + random.random(),
            "f1": {"sad": random.random(), "happy": random.random()},
        }
        for _ in range(n_trials)
    ]


def column(actual, *names):
    for name in names:
        actual = [trial[name] for trial in actual]
    return actual


@pytest.mark.parametrize("greater_is_better", [True, False])
def test_comparison_is_the_bootstrap_of_dev_and_test(greater_is_better):
    flat, rock = trials(0), trials(1, 0.25)
    task = TaskTrials("task", {"flat": flat, "rock": rock}, greater_is_better)
    expected = bootstrap_comparison(
        (column(flat, "dev"), column(flat, "test")),
        (column(rock, "dev"), column(rock, "test")),
        greater_is_better=greater_is_better,
        random_state=0,
    )
    actual = task.compare("flat", "rock")
    assert actual.interval == expected.interval
    assert actual.challenger_is_better == expected.challenger_is_better
    assert actual.baseline_result == task.best("flat")["test"]


@pytest.mark.parametrize("greater_is_better", [True, False])
def test_a_class_is_compared_in_the_trials_the_metric_chooses(greater_is_better):
    flat, rock = trials(0), trials(1)
    task = TaskTrials("task", {"flat": flat, "rock": rock}, greater_is_better)
    actual = task.compare("flat", "rock", "sad")
    assert actual.baseline_result == task.best("flat")["f1"]["sad"]
    assert actual.challenger_result == task.best("rock")["f1"]["sad"]
    assert actual.greater_is_better
    # Every resample's result is the F1 of the trial with the best drawn dev result.
    assert set(actual.baseline) <= set(column(column(flat, "f1"), "sad"))
    whole = task.compare("flat", "rock")
    chosen = [column(flat, "test").index(result) for result in whole.baseline]
    expected = [flat[number]["f1"]["sad"] for number in chosen]
    np.testing.assert_array_equal(actual.baseline, expected)


def test_the_best_is_greatest_or_least_and_first_of_equals():
    actual = [{"dev": 2, "test": 0}, {"dev": 1, "test": 1}, {"dev": 2, "test": 2},
             {"dev": 1, "test": 3}]  # fmt: skip
    assert TaskTrials("score", {"a": actual}).best("a")["test"] == 0
    assert TaskTrials("error", {"a": actual}, False).best("a")["test"] == 1


def test_unequal_numbers_of_trials_are_refused():
    task = TaskTrials("task", {"flat": trials(0), "rock": trials(1, n_trials=7)})
    with pytest.raises(ValueError, match="same number of trials"):
        task.compare("flat", "rock")
