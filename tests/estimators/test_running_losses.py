"""Losses that wait on the device until they are asked for."""

from __future__ import annotations

import math
import types
from dataclasses import dataclass

import pytest
import torch

from hanrock_sk.estimators import running_losses
from hanrock_sk.estimators.running_losses import NonFiniteLoss, RunningLosses, run_epoch


@dataclass(frozen=True)
class Sized:
    """A batch of so many talkturns."""

    size: int

    def __len__(self):
        return self.size


TASKS = ("primary", "action__au05")


@pytest.fixture
def patient(monkeypatch):
    """Losses that are checked every third step, as on another device."""
    monkeypatch.setattr(running_losses, "CHECK_EVERY", 3)
    losses = RunningLosses(TASKS, "meta")
    for name in ("_sums", "_counts"):
        setattr(losses, name, {True: torch.zeros(2), False: torch.zeros(2)})
    return losses


def step(losses, *task_losses):
    of_tasks = torch.tensor(task_losses)
    losses.add_step(of_tasks.sum(), of_tasks)
    losses.add(of_tasks, torch.tensor([2, 4]), training=True)


@pytest.mark.parametrize("device", ["cpu", "other"])
def test_means(device, patient):
    losses = RunningLosses(TASKS, "cpu") if device == "cpu" else patient
    for task_losses in [(1.0, 2.0), (3.0, 4.0)]:
        step(losses, *task_losses)
    assert losses.n_steps == 2
    assert losses.mean_total() == 5.0
    assert losses.means(True, 10.0) == {"primary": 20.0, "action__au05": 30.0}
    assert all(math.isnan(mean) for mean in losses.means(False, 1.0).values())
    assert losses.mean_score(1.0) is None


def test_on_the_cpu_every_step_is_checked():
    losses = RunningLosses(TASKS, "cpu")
    step(losses, 1.0, 1.0)
    with pytest.raises(NonFiniteLoss, match=r"^the loss of action__au05$"):
        step(losses, 1.0, math.nan)


def test_elsewhere_every_so_many_and_at_the_end(patient):
    step(patient, 1.0, 1.0)
    step(patient, math.inf, 1.0)
    with pytest.raises(NonFiniteLoss, match=r"^the loss of primary$"):
        step(patient, math.nan, math.nan)
    step(patient, 1.0, math.nan)
    with pytest.raises(NonFiniteLoss, match=r"^the loss of action__au05$"):
        patient.mean_total()


def test_score():
    losses = RunningLosses(TASKS, "cpu")
    losses.add(torch.zeros(2), torch.tensor([3, 1]), training=False)
    losses.add(torch.zeros(2), torch.tensor([5, 0]), training=False)
    losses.add_score(torch.tensor(2))
    losses.add_score(torch.tensor(4))
    assert losses.mean_score(0.5) == 3.0 / 8


def test_an_epoch_is_recorded_as_skorch_records_it():
    told = []
    net = types.SimpleNamespace(
        device="cpu",
        notify=lambda name, **given: told.append((name, given["training"])),
    )

    class History(list):
        def record_batch(self, name, value):
            self[-1]["batches"].append({name: value})

        def record(self, name, value):
            self[-1][name] = value

    net.history = History([{"batches": [{"train_loss": 7.0}]}])
    sizes = iter([torch.tensor(1.5), torch.tensor(2.5)])
    batches = [(Sized(4), Sized(0)), (Sized(3), Sized(0))]
    run_epoch(net, batches, True, "train", lambda _: {"loss": next(sizes)})
    assert net.history == [
        {
            "batches": [
                {"train_loss": 7.0},
                {"train_batch_size": 4, "train_loss": 1.5},
                {"train_batch_size": 3, "train_loss": 2.5},
            ],
            "train_batch_count": 2,
        }
    ]
    assert told == [("on_batch_begin", True), ("on_batch_end", True)] * 2
    run_epoch(net, None, False, "valid", lambda _: {})
    assert len(told) == 4
