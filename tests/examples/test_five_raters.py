"""Made-up raters are as skilled as they should be, and tables say what scores say."""

from __future__ import annotations

import numpy as np
import pytest
from five_raters import HABITS, METHODS, RATERS, SKILLS, analyse, rate

TRUTH = np.random.default_rng(0).choice(["angry", "happy", "neutral", "sad"], 40_000)


@pytest.mark.parametrize("skills", SKILLS)
@pytest.mark.parametrize("errors", ["random", "habit"])
def test_raters_are_right_as_often_as_their_skill_and_luck_say(errors, skills):
    said = rate(TRUTH, np.random.default_rng(1), errors, skills)
    for name, skill in zip(RATERS, SKILLS[skills], strict=True):
        right = np.mean(said[name] == TRUTH)
        assert right == pytest.approx(skill + (1 - skill) / 4, abs=0.01)
        wrong = said[name][said[name] != TRUTH]
        if errors == "habit" and name in HABITS:
            assert np.mean(wrong == HABITS[name]) > 0.6
        else:
            assert np.mean(wrong == "angry") == pytest.approx(0.25, abs=0.02)


def test_tables():
    scores = {name: [0.5, 0.7] for name in METHODS} | {"soft": [0.4, 0.5]}
    means, gains = analyse(scores)
    assert [row[1] for row in means.rows] == [
        "0.600", "0.600", "0.600", "0.450", "0.600",
    ]  # fmt: skip
    assert [row[:3] for row in gains.rows] == [
        ["shares", "majority", "+0.000"],
        ["soft", "majority", "-0.150"],
        ["dawid_skene", "majority", "+0.000"],
        ["shares", "majority, ties to the frequent", "+0.000"],
        ["soft", "majority, ties to the frequent", "-0.150"],
        ["dawid_skene", "majority, ties to the frequent", "+0.000"],
    ]
