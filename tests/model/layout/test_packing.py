"""The layout of ragged sequences, against an enumeration of its rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model.layout.packing import Packing

RAGGED = [[1], [5], [1, 1, 1], [3, 2, 1], [4, 4, 1], [7, 3, 3, 3, 1, 1]]


def rows_of(lengths):
    """(sequence, step) of every packed row, in order."""
    return [
        (sequence, step)
        for step in range(max(lengths))
        for sequence, length in enumerate(lengths)
        if step < length
    ]


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
def test_rows_stand_step_by_step(lengths):
    packing = Packing.of(np.array(lengths))
    found = list(zip(packing.sequence.tolist(), packing.step.tolist(), strict=True))
    assert found == rows_of(lengths)
    assert packing.n_sequences == len(lengths)
    assert packing.n_steps == max(lengths)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
def test_spans_hold_the_sequences_still_running(lengths):
    rows = rows_of(lengths)
    spans = Packing.of(np.array(lengths)).spans()
    assert len(spans) == max(lengths)
    for step, (begin, end, count) in enumerate(spans):
        running = [s for s, length in enumerate(lengths) if length > step]
        assert rows[begin:end] == [(s, step) for s in running]
        assert count == len(running)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
def test_mirror_leads_to_the_same_step_counted_from_the_end(lengths):
    packing = Packing.of(np.array(lengths))
    rows = rows_of(lengths)
    expected = [rows.index((s, lengths[s] - 1 - step)) for s, step in rows]
    assert packing.mirror.tolist() == expected
    assert packing.mirror[packing.mirror].tolist() == list(range(len(rows)))


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
def test_previous_is_the_step_before(lengths):
    packing = Packing.of(np.array(lengths))
    rows = rows_of(lengths)
    expected = [rows.index((s, step - 1)) for s, step in rows if step > 0]
    assert packing.previous.tolist() == expected


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
def test_cell_is_the_place_in_a_padded_table(lengths):
    packing = Packing.of(np.array(lengths))
    rows = rows_of(lengths)
    padded = torch.full((len(lengths), max(lengths)), -1)
    padded.view(-1)[packing.cell] = torch.arange(len(rows))
    for s, length in enumerate(lengths):
        found = padded[s].tolist()
        assert found[:length] == [rows.index((s, t)) for t in range(length)]
        assert set(found[length:]) <= {-1}


def test_moves_every_tensor_and_keeps_the_rest():
    packing = Packing.of(np.array([3, 2, 2]))
    moved = packing.to("meta")
    tensors = [
        value for value in vars(moved).values() if isinstance(value, torch.Tensor)
    ]
    assert len(tensors) == 6
    assert {tensor.device.type for tensor in tensors} == {"meta"}
    assert (moved.counts, moved.offsets) == (packing.counts, packing.offsets)
    assert torch.equal(packing.to("cpu").mirror, packing.mirror)
