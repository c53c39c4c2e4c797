"""Dropout from a generator of its own: the numbers of torch's, in its order."""

from __future__ import annotations

import threading

import pytest
import torch
from torch.nn import functional as F

from hanrock_sk.model.dropout import draw_mask, drawing_from, dropout


@pytest.fixture
def x():
    return torch.rand(7, 50, generator=torch.Generator().manual_seed(0)) + 1


def seeded(seed=3):
    return torch.Generator().manual_seed(seed)


def test_the_numbers_are_those_of_torch(x):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = [F.dropout(x, 0.3) for _ in range(2)]
    with drawing_from(seeded()):
        found = [dropout(x, 0.3, True) for _ in range(2)]
    assert torch.equal(torch.stack(found), torch.stack(expected))


def test_what_is_left_is_divided_by_its_share(x):
    with drawing_from(seeded()):
        left = dropout(x, 0.25, True)
    kept = left != 0
    assert 0.6 < kept.float().mean() < 0.9
    torch.testing.assert_close(left[kept], x[kept] / 0.75)


def test_masks_are_one_on_average():
    with drawing_from(seeded()):
        mask = draw_mask(torch.empty(0, dtype=torch.float64), 0.4, 300, 100)
    assert mask.dtype == torch.float64
    assert set(mask.unique().tolist()) == {0.0, 1 / 0.6}
    assert mask.mean().item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("generator", [None, torch.Generator()])
def test_nothing_is_dropped_in_prediction_or_at_rate_zero(x, generator):
    with drawing_from(generator):
        assert dropout(x, 0.5, False) is x
        assert torch.equal(dropout(x, 0.0, True), x)
        assert draw_mask(x, 0.0, 3) is None


def test_torchs_generator_is_left_alone(x):
    before = torch.get_rng_state()
    with drawing_from(seeded()):
        dropout(x, 0.5, True)
    assert torch.equal(torch.get_rng_state(), before)
    with torch.random.fork_rng(devices=[]):
        dropout(x, 0.5, True)  # outside again, it is what is drawn from
        assert not torch.equal(torch.get_rng_state(), before)


def test_it_is_this_threads_generator(x):
    found = []

    def draw():
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            found.append(dropout(x, 0.5, True))

    with drawing_from(seeded()):
        other = threading.Thread(target=draw)
        other.start()
        other.join()
        mine = dropout(x, 0.5, True)
    with drawing_from(seeded()):
        assert torch.equal(dropout(x, 0.5, True), mine)
    assert not torch.equal(found[0], mine)


def test_gradients_pass_what_is_left(x):
    x = x.requires_grad_()
    with drawing_from(seeded()):
        left = dropout(x, 0.5, True)
    left.sum().backward()
    assert torch.equal(x.grad, (left != 0) * 2.0)
