"""What a target reads of bags of words, against plain enumerations."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.model.layout.bags import BagRows, bags_of, ranges

FIRST = np.array([0, 1, 1, 1, 1, 5])
SIZE = 10


def drawn_rows(lengths, seed=0):
    generator = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    ids = generator.integers(SIZE, size=offsets[-1])
    return BagRows(
        ids, offsets, generator.random(offsets[-1]).astype(np.float32), SIZE, 0.25
    )


ROWS = drawn_rows([2, 0, 3, 1, 0, 4])


def features_of(rows, talkturn):
    entries = range(rows.offsets[talkturn], rows.offsets[talkturn + 1])
    return [(int(rows.ids[i]), float(rows.weights[i])) for i in entries]


@pytest.mark.parametrize("lengths", [[], [3], [0, 2, 0, 0, 4], [0, 0]])
def test_ranges_one_after_the_other(lengths):
    starts = np.array([7, 1, 30, 30, 2])[: len(lengths)]
    expected = [s + i for s, n in zip(starts, lengths, strict=True) for i in range(n)]
    assert ranges(starts, np.array(lengths, dtype=np.int64)).tolist() == expected


@pytest.mark.parametrize("targets", [[0, 1, 2, 3, 4, 5], [4, 0, 3], [5], [1]], ids=str)
def test_own_words_and_a_quarter_of_those_of_two_talkturns_before(targets):
    found = bags_of(ROWS, FIRST, np.array(targets))
    bounds = [*found.offsets.tolist(), len(found.ids)]
    assert len(bounds) == len(targets) + 1
    for row, target in enumerate(targets):
        expected = features_of(ROWS, target)
        for before in (target - 1, target - 2):
            if before >= FIRST[target]:
                expected += [(SIZE + f, w / 4) for f, w in features_of(ROWS, before)]
        mine = slice(bounds[row], bounds[row + 1])
        pairs = zip(found.ids[mine].tolist(), found.weights[mine].tolist(), strict=True)
        assert sorted(pairs) == sorted(expected)


def test_joined_rows_are_those_of_each():
    parts = [drawn_rows([2, 1], 1), drawn_rows([0], 2), drawn_rows([3], 3)]
    joined = BagRows.joined(parts)
    expected = [
        features_of(rows, i) for rows in parts for i in range(len(rows.offsets) - 1)
    ]
    assert [features_of(joined, i) for i in range(4)] == expected
    assert joined.size == SIZE


@pytest.mark.parametrize("talkturns", [[0], [2, 5], [1], []], ids=str)
def test_what_some_talkturns_know(talkturns):
    known = {f for t in talkturns for f, _ in features_of(ROWS, t)}
    found = ROWS.known_by(np.array(talkturns, dtype=np.int64))
    assert found.size == SIZE
    for talkturn in range(6):
        left = [(f, w) for f, w in features_of(ROWS, talkturn) if f in known]
        length = sum(w**2 for _, w in left) ** 0.5
        assert features_of(found, talkturn) == [
            (f, pytest.approx(w / length)) for f, w in left
        ]
