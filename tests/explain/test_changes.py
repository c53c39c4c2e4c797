"""Changes as tables and effects, on an occlusion made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.explain import Occlusion


@pytest.fixture
def made():
    """Row 4, read with row 2 before it: "hm" / "oh no"; "oh" was not tried."""
    return Occlusion(
        rows=np.array([4]),
        classes=("glad", "sad"),
        outputs=np.array([[0.25, 0.75]]),
        window_offsets=np.array([0, 2]),
        window_rows=np.array([2, 4]),
        talkturn_changes=np.array([[0.1, -0.1], [-0.5, 0.5]]),
        word_offsets=np.array([0, 1, 3]),
        words=["hm", "oh", "no"],
        word_changes=np.array([[0.05, -0.05], [np.nan, np.nan], [-0.25, 0.25]]),
        backend="pandas",
    )


def test_effects_are_those_on_the_predicted_class(made):
    assert made.predicted.tolist() == [1]
    assert made.talkturn_effects.tolist() == [-0.1, 0.5]
    np.testing.assert_array_equal(made.word_effects, [-0.05, np.nan, 0.25])


def test_one_talkturn(made):
    effects = made[4]
    assert (effects.prediction, effects.output) == ("sad", 0.75)
    assert [(t.row, t.steps_back, t.effect) for t in effects.context] == [
        (2, 1, -0.1),
        (4, 0, 0.5),
    ]
    assert [word.effect for word in effects.context[1].words] == [None, 0.25]
    with pytest.raises(IndexError, match="row 2"):
        made[2]


def test_tables(made):
    talkturns = made.table("talkturns")
    assert talkturns.to_dict("list") == {
        "row": [4, 4], "talkturn": [2, 4], "steps_back": [1, 0], "effect": [-0.1, 0.5],
    }  # fmt: skip
    words = made.table("words")
    assert words["talkturn"].tolist() == [2, 4, 4]
    assert words["position"].tolist() == [0, 0, 1]
    assert words["word"].tolist() == ["hm", "oh", "no"]
    assert words["effect"].isna().tolist() == [False, True, False]
    with pytest.raises(ValueError, match="level must be one of"):
        made.table("tasks")


def test_a_notebook_shows_the_last(made):
    assert "<b>sad</b>, 75 %" in made._repr_html_()
    assert repr(made).startswith("<Occlusion of 1 talkturns")
