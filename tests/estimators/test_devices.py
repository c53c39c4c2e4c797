"""Names of devices."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.estimators.devices import find_device, find_device_or_cpu


@pytest.fixture
def machine(monkeypatch):
    """Pretend to have so many CUDA devices, and MPS or not."""

    def pretend(n_cuda, has_mps):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: n_cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: n_cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: has_mps)

    return pretend


@pytest.mark.parametrize(
    ("n_cuda", "has_mps", "expected"),
    [(1, True, "cuda"), (1, False, "cuda"), (0, True, "mps"), (0, False, "cpu")],
)
def test_auto_takes_the_best(machine, n_cuda, has_mps, expected):
    machine(n_cuda, has_mps)
    assert find_device("auto") == expected
    assert find_device_or_cpu("auto") == expected


@pytest.mark.parametrize("device", ["cpu", "cuda", "cuda:0", "cuda:1", "mps"])
def test_what_is_there_is_taken(machine, device):
    machine(2, True)
    assert find_device(device) == device
    assert find_device_or_cpu(device) == device


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "mps"])
def test_what_is_not_there_is_refused(machine, device):
    machine(0, False)
    with pytest.raises(ValueError, match=f"device='{device}', but torch finds no such"):
        find_device(device)
    assert find_device_or_cpu(device) == "cpu"


def test_the_third_of_two_devices(machine):
    machine(2, False)
    with pytest.raises(ValueError, match=r"device='cuda:2', but torch finds no such"):
        find_device("cuda:2")
    assert find_device_or_cpu("cuda:2") == "cpu"


@pytest.mark.parametrize("device", ["gpu", "", "cuda:x"])
def test_unknown_names(device):
    with pytest.raises(ValueError, match="is not a torch device"):
        find_device(device)
