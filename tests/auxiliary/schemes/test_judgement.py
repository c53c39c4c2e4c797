"""Which targets are kept, and for what, by gains made up by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hanrock_sk.auxiliary import Target
from hanrock_sk.auxiliary.schemes.judgement import COLUMNS, Compared, Gains, judge


def gains(prediction, itself, chance=(0.0, 2.0)):
    """Chance is 1 at the mean, and 1 around it; the best is one above it."""
    of_prediction = Compared(prediction, np.array(chance))
    return Gains(of_prediction, Compared(itself, np.array([0.0, 2.0])), 0.75)


def test_a_gain_among_its_permutations():
    gain = Compared.of(np.array([5.0, 0.0, 0.0, 0.0, 4.0]))
    assert (gain.gain, gain.chance.tolist()) == (5, [0, 0, 0, 4])
    assert gain.above_chance == 4
    assert gain.standard == pytest.approx(4 / 3**0.5)
    assert gain.best_chance == pytest.approx(3 / 3**0.5)


def test_permutations_that_are_all_the_same():
    assert Compared(1.0, np.zeros(3)).standard == 1e12
    assert Compared(1.0, np.zeros(3)).best_chance == 0


def test_what_is_kept_and_why(tasks):
    """A gain has to be above 2.5: one and a half times the best chance above 1."""
    measured = {
        "a": gains(4.0, 1.0),
        "b": gains(2.5, 4.0),
        "c": gains(4.0, 4.0),
        "d": gains(2.25, 2.5),
        "e": gains(2.0, 2.0),
    }
    data = tasks(**dict.fromkeys(measured, True))
    told = judge(data, measured, 0.64)
    # 0.8 of what a target itself tells is passed on: the root of 0.64.
    assert told.shares == pytest.approx({"a": 3, "b": 2.4, "c": 5.4})
    assert told.attributes["text_explains_"] == 0.64
    report = told.attributes["report_"]
    assert tuple(report) == COLUMNS
    assert report["task"] == list("abcde")
    assert report["by_prediction"] == [4, 2.5, 4, 2.25, 2]
    assert report["by_itself"] == [1, 4, 4, 2.5, 2]
    assert report["chance"] == report["chance_itself"] == [1] * 5
    assert report["predictable"] == [0.75] * 5
    assert report["kept"] == [True] * 3 + [False] * 2
    assert report["why"] == [
        "kept: its prediction tells more than the text does",
        "kept: it tells more of the label than the text does",
        "kept: it tells more than the text does, and so does its prediction",
        "dropped: among so many targets, its gain may be chance",
        "dropped: no better than its own permutations",
    ]


def test_the_best_permutation_of_all_targets_counts(tasks):
    """One of b's predictions is three deviations above: a has to be 4.5 above."""
    measured = {
        "a": gains(4.0, 4.0),
        "b": gains(1.0, 1.0, chance=[0.0] * 9 + [10.0]),
        "c": gains(5.75, 1.0),
    }
    data = tasks(a=True, b=True, c=True)
    told = judge(data, measured, 1.0)
    assert told.shares == pytest.approx({"a": 3, "c": 4.75})
    assert told.attributes["report_"]["why"][0].startswith("kept: it tells more of")


def test_a_text_that_tells_nothing_passes_something_on(tasks):
    """As if it explained a share of one by the number of labels, here two."""
    told = judge(tasks(a=True), {"a": gains(1.0, 4.0)}, -0.5)
    assert told.shares == pytest.approx({"a": 3 / 2**0.5})
    assert told.attributes["text_explains_"] == -0.5


def test_what_was_not_measured(tasks):
    everywhere, nowhere = (
        Target(np.zeros(2), np.array(known), is_class=False)
        for known in ([False, True], [True, False])
    )
    data = replace(
        tasks(few=True, off=False, missing=False),
        targets={"few": everywhere, "off": everywhere, "missing": nowhere},
        present=np.array([False, True]),
    )
    told = judge(data, {}, np.nan)
    assert told.shares == {}
    report = told.attributes["report_"]
    assert report["why"] == [
        "dropped: fewer than 30 labels beside it to tell by",
        "off: its family is not among families",
        "dropped: missing wherever there is a label",
    ]
    assert report["kept"] == [False] * 3
    numbers = [report[column] for column in COLUMNS[1:6]]
    np.testing.assert_array_equal(numbers, np.full((5, 3), np.nan))
