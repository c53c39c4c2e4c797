"""Whether Triton's kernels run, on a card and a Triton that are made up."""

from __future__ import annotations

import importlib.util
import sys
import types
import warnings

import pytest
import torch

from hanrock_sk.model.ops import eager_words, triton_probe
from hanrock_sk.model.ops.triton_probe import CAPABILITY

WORDS = "hanrock_sk.model.ops.triton_words"
has_triton = triton_probe.has_triton.__wrapped__  # asks anew


@pytest.fixture
def card(monkeypatch):
    """A card that is a CPU, whose kernel is torch's; what is changed in it counts."""

    def on_card(make):
        return lambda *size, device, **kind: make(*size, **kind)

    made_up = types.SimpleNamespace(
        version=types.SimpleNamespace(cuda="12.8"),
        cuda=types.SimpleNamespace(
            is_available=lambda: True, get_device_capability=lambda: CAPABILITY
        ),
        ones=on_card(torch.ones),
        zeros=on_card(torch.zeros),
        int64=torch.int64,
    )
    kernel = types.ModuleType(WORDS)
    kernel.run = eager_words.run
    monkeypatch.setattr(triton_probe, "torch", made_up)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, WORDS, kernel)
    made_up.kernel = kernel
    return made_up


def fails(*given):
    raise OSError("no C compiler")


def says_no():
    """What is answered, where there is nothing to warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return has_triton() is False


def test_a_kernel_that_runs(card):
    assert has_triton() is True


@pytest.mark.parametrize("place", [(0, 0, 0), (1, 0, 1), ...], ids=str)
def test_a_kernel_that_leaves_numbers_out(card, place):
    def run(*given):
        rows = eager_words.run(*given)
        rows[place] = 0
        return rows

    card.kernel.run = run
    assert says_no()


def test_a_kernel_that_does_not_run_is_told(card):
    card.kernel.run = fails
    with pytest.warns(UserWarning, match=r"more slowly\. Triton says: no C compiler$"):
        assert has_triton() is False


@pytest.mark.parametrize(
    "lacking", ["build for CUDA", "card", "card that is new enough", "Triton"]
)
def test_nothing_is_tried_without(lacking, card, monkeypatch):
    card.kernel.run = fails
    if lacking == "build for CUDA":
        card.version.cuda = None
    elif lacking == "card":
        card.cuda.is_available = lambda: False
    elif lacking == "card that is new enough":
        card.cuda.get_device_capability = lambda: (7, 5)
    else:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert says_no()
