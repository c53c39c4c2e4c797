"""Moving records: every tensor arrives, in one copy for each dtype."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from hanrock_sk.model.layout import transfer
from hanrock_sk.model.layout.transfer import move_record, move_records, move_tensors

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Inner:
    index: Tensor
    name: str


@dataclass(frozen=True)
class Outer:
    words: Tensor
    inner: Inner
    weights: Tensor | None
    absent: Tensor | None = None


def record():
    return Outer(
        torch.arange(6).view(2, 3).t(), Inner(torch.arange(17), "x"), torch.rand(3, 2)
    )


def test_every_tensor_keeps_its_numbers_and_shape():
    given = [torch.arange(6).view(2, 3).t(), torch.rand(5), torch.arange(17)]
    given += [torch.empty(0, 4), torch.tensor(3.5)]
    moved = move_tensors(given, CPU)
    for there, here in zip(moved, given, strict=True):
        assert torch.equal(there, here)
        assert there.is_contiguous()


def test_tensors_of_one_dtype_are_views_of_one_and_aligned():
    moved = move_tensors([torch.arange(3), torch.rand(2), torch.arange(5)], CPU)
    first, _, second = moved
    assert first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
    assert second.storage_offset() == transfer.ALIGNED


def test_what_is_there_stays():
    given = record()
    assert move_record(given, "cpu") is given


def test_records_within_records(monkeypatch):
    """On a device that holds no numbers."""
    copies = []
    original = transfer.move_tensors

    def counted(tensors, device):
        copies.append(len(tensors))
        return original(tensors, device)

    monkeypatch.setattr(transfer, "move_tensors", counted)
    one, other = move_records((record(), record().inner), "meta")
    assert copies == [4]
    assert one.words.shape == (3, 2)
    assert one.inner.name == "x"
    assert one.absent is None
    moved = (one.words, one.inner.index, one.weights, other.index)
    assert all(tensor.is_meta for tensor in moved)
    again = move_record(one, "meta")
    assert again is one


@pytest.mark.parametrize("name", ["cuda", "cuda:1"])
def test_any_card_is_one_without_a_number(name):
    class There:
        device = torch.device("cuda:1")

    assert transfer._is_there(There, torch.device(name))
    assert not transfer._is_there(There, torch.device("cuda:0"))
