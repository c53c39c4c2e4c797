"""The words that changed predictions most, on an occlusion made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.explain import Occlusion, word_list


def made(classes, changes):
    """Three talkturns, each read alone: "no no", "no hm" and nothing said."""
    changes = np.array(changes)
    return Occlusion(
        rows=np.array([7, 3, 5]),
        classes=classes,
        outputs=np.full((3, changes.shape[1]), 0.5),
        window_offsets=np.arange(4),
        window_rows=np.array([7, 3, 5]),
        talkturn_changes=np.zeros((3, changes.shape[1])),
        word_offsets=np.array([0, 2, 4, 5]),
        words=["no", "no", "no", "hm", "<empty>"],
        word_changes=changes,
        backend="pandas",
    )


def test_classes():
    changes = [[0.1, -0.1], [0.2, -0.2], [0.6, -0.6], [-0.2, 0.2], [0.9, 0.9]]
    occlusion = made(("sad", "glad"), changes)
    (no,) = word_list(occlusion)
    assert (no.word, no.output, no.count, no.rows) == ("no", "sad", 3, [3, 7])
    assert no.effect == pytest.approx(0.3)
    both = word_list(occlusion, least=1)
    assert [(w.word, w.output) for w in both] == [("no", "sad"), ("hm", "glad")]
    assert word_list(occlusion, n_words=0) == []


def test_values_rise_and_fall():
    occlusion = made(None, [[0.1], [0.2], [0.3], [-0.5], [0.9]])
    words = word_list(occlusion, least=1)
    assert [(w.word, w.output, w.effect) for w in words] == [
        ("no", None, pytest.approx(0.2)),
        ("hm", None, pytest.approx(-0.5)),
    ]


def test_values_of_a_small_unit():
    words = word_list(made(None, [[1e-8], [2e-8], [3e-8], [-5e-8], [9e-8]]), least=1)
    assert [w.effect for w in words] == pytest.approx([2e-8, -5e-8], rel=1e-5, abs=0)


def test_words_that_were_not_tried():
    assert word_list(made(("a", "b"), np.full((5, 2), np.nan)), least=1) == []
