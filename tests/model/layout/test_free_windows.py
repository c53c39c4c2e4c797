"""Windows written out are those of a table, where they are the same."""

from __future__ import annotations

import numpy as np
import torch

from hanrock_sk.model.layout.bags import BagRows
from hanrock_sk.model.layout.batches import TokenTable, make_batch
from hanrock_sk.model.layout.free_windows import FreeWindows, window_batch

FIRST = np.array([0, 0, 0, 0, 4, 4])
SPEAKERS = np.array([0, 1, 0, 0, 1, 1])
BAGS = BagRows(
    np.array([0, 1, 2, 0, 3, 1]),
    np.array([0, 2, 3, 3, 4, 5, 6]),
    np.array([0.5, 0.25, 1, 1, 0.75, 1], dtype=np.float32),
    size=4,
    before=0.25,
)


def as_in_the_table(content_size):
    """The batch of a table, and the same windows written out."""
    table = TokenTable(
        ids=np.arange(6), offsets=np.arange(7), first=FIRST, speakers=SPEAKERS,
        bags=BAGS,
    )  # fmt: skip
    batch = make_batch(table, np.arange(6), content_size)
    windows = [
        list(range(max(FIRST[t], t - content_size + 1), t + 1)) for t in range(6)
    ]
    before = [[t - k if t - k >= FIRST[t] else -1 for k in (1, 2)] for t in range(6)]
    speakers = [
        [2 if at == window[-1] else int(SPEAKERS[at] == SPEAKERS[window[-1]])
         for at in window]
        for window in windows
    ]  # fmt: skip
    written = FreeWindows(
        np.concatenate(windows),
        np.cumsum([0, *map(len, windows)]),
        np.concatenate(speakers),
        np.array(before),
    )
    return batch, written


def test_as_in_the_table():
    batch, written = as_in_the_table(3)
    result = window_batch(written, 6, np.eye(6, dtype=np.float32), BAGS)
    assert result.targets.tolist() == batch.targets.tolist()
    # The table's batch numbers talkturns in an order of its own.
    place = np.argsort(batch.talkturn_positions)
    expected = batch.talkturn_positions[batch.context.index.numpy() // 2]
    assert (result.context.index.numpy() // 2).tolist() == expected.tolist()
    assert (result.context.index % 2).tolist() == (batch.context.index % 2).tolist()
    assert place[result.own.numpy()].tolist() == batch.own.tolist()
    assert result.speakers.tolist() == batch.speakers.tolist()
    assert result.sentences.argmax(1).tolist() == batch.targets.tolist()
    for name in ("ids", "offsets", "weights"):
        ours, theirs = getattr(result.bags, name), getattr(batch.bags, name)
        assert torch.equal(ours, theirs), name


def test_some_of_the_windows():
    _, written = as_in_the_table(2)
    some = written.some(2, 5)
    assert len(some) == 3
    assert some.talkturns.tolist() == [1, 2, 2, 3, 4]
    assert some.offsets.tolist() == [0, 2, 4, 5]
    assert some.before.tolist() == [[1, 0], [2, 1], [-1, -1]]
    assert some.speakers.tolist() == [0, 2, 1, 2, 2]
