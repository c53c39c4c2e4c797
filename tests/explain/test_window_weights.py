"""Exact weights combined over windows: by hand, and by plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.explain.window_weights import weigh_windows


def test_by_hand(made_by_hand):
    weights = weigh_windows(made_by_hand, None)
    assert weights.window_rows.tolist() == [0, 0, 1]
    # The second window: tasks 0.5, 0.3, 0.2.
    np.testing.assert_allclose(weights.talkturns.weights, [1, 0.45, 0.55], rtol=1e-6)
    assert weights.talkturns.z.tolist() == [0, -1, 1]
    # Branches 0.5 and 0.5: "not" 0.5 * 0.9 + 0.5 * 0.5.
    np.testing.assert_allclose(weights.words.weights, [1, 1, 0.7, 0.3], rtol=1e-6)
    mean = (1 + 0.7 + 0.3) / 3
    spread = (((1 - mean) ** 2 + (0.7 - mean) ** 2 + (0.3 - mean) ** 2) / 3) ** 0.5
    expected = [0, *((w - mean) / spread for w in (1, 0.7, 0.3))]
    np.testing.assert_allclose(weights.words.z, expected, atol=1e-6)
    assert weights.words.buckets.tolist() == [1, 2, 1, 0]


def test_some_rows_in_another_order(made_by_hand):
    weights = weigh_windows(made_by_hand, [1, 0])
    assert weights.rows.tolist() == [1, 0]
    assert weights.entry_index.tolist() == [1, 2, 0]
    assert weights.window_rows.tolist() == [0, 1, 0]
    assert weights.window_offsets.tolist() == [0, 2, 3]
    assert weights.word_index.tolist() == [0, 1, 2, 0]
    assert weights.word_offsets.tolist() == [0, 1, 3, 4]
    np.testing.assert_allclose(weights.task_weights[:, 0], [0.5, 0.3, 0.2], rtol=1e-6)


@pytest.fixture(scope="module")
def weights(multi_task, talkturns):
    model, X = multi_task[-1], multi_task[:-1].transform(talkturns[0])
    return weigh_windows(model.attention(X), None)


def test_every_level_sums_to_one(weights):
    starts = weights.window_offsets[:-1]
    sums = [
        np.add.reduceat(weights.talkturns.weights, starts),
        np.add.reduceat(weights.words.weights, weights.word_offsets[:-1]),
        weights.task_weights.sum(axis=0),
        *np.add.reduceat(weights.exact.talkturn_weights, starts, axis=1),
        *np.add.reduceat(
            weights.exact.word_weights, weights.exact.word_offsets[:-1], axis=1
        ),
    ]
    assert len(sums) == 3 + 17 + 2
    for result in sums:
        np.testing.assert_allclose(result, 1, atol=1e-6)


def test_windows_are_the_talkturns_before_and_nothing_else(weights, talkturns):
    """No padding: a conversation's first talkturns have shorter windows."""
    conversation = talkturns[0]["conversation"].to_numpy()
    bounds = weights.window_offsets
    for row, start, stop in zip(weights.rows, bounds[:-1], bounds[1:], strict=True):
        expected = [
            other
            for other in range(row - 3, row + 1)
            if other >= 0 and conversation[other] == conversation[row]
        ]
        assert weights.window_rows[start:stop].tolist() == expected


def test_combination_agrees_with_a_plain_loop(weights):
    exact = weights.exact
    entry = word = 0
    for row in range(len(weights.rows)):
        tasks = exact.task_weights[:, row].astype(float)
        for k in range(exact.window_offsets[row], exact.window_offsets[row + 1]):
            expected = sum(
                tasks[task] * float(exact.talkturn_weights[task, k])
                for task in range(17)
            )
            assert weights.talkturns.weights[entry] == pytest.approx(expected, abs=1e-9)
            entry += 1
            other = exact.window_rows[k]
            for i in range(exact.word_offsets[other], exact.word_offsets[other + 1]):
                primary, auxiliary = exact.word_weights[:, i].astype(float)
                expected = tasks[0] * primary + tasks[1:].sum() * auxiliary
                assert weights.words.weights[word] == pytest.approx(expected, abs=1e-9)
                word += 1
    assert (entry, word) == (len(weights.window_rows), len(weights.word_index))


def test_rows_that_are_not_there_or_twice(made_by_hand):
    for row in (-1, 2):
        with pytest.raises(IndexError, match=f"no row {row}: the table has 2 "):
            weigh_windows(made_by_hand, [0, row])
    with pytest.raises(ValueError, match="rows is empty"):
        weigh_windows(made_by_hand, [])
    with pytest.raises(ValueError, match="a talkturn twice"):
        weigh_windows(made_by_hand, [1, 1])
    with pytest.raises(TypeError):
        weigh_windows(made_by_hand, [0.5])
    for mask in ([True, False], np.array([False, True])):
        with pytest.raises(TypeError, match=r"rows has truth values.*flatnonzero"):
            weigh_windows(made_by_hand, mask)
