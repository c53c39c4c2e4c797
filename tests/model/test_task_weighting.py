"""Task weighting against one backward pass per task, in double precision."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from toy_networks import CONTENT_SIZE, toy_network, toy_table, toy_targets

from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.losses import MISSING, MultiTaskLoss, Targets
from hanrock_sk.model.records import Masks
from hanrock_sk.model.task_weighting import (
    SMOOTHING,
    CosineGate,
    UPGradWeights,
    make_weighting,
)

# In the order of the loss weights the real-valued ones come first, of the network's
# vectors they are the first and the third.
VECTOR_OF = [0, 2, 1, 3]


class Step:
    """A batch, its targets, and the losses of a network's tasks one by one."""

    def __init__(self, architecture, seed, unlabelled=()):
        self.network, _, self.sizes = toy_network(architecture)
        table = toy_table(seed)
        self.batch = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
        self.targets = toy_targets(self.sizes, len(table), torch.float64, seed + 1)
        for row in unlabelled:
            self.targets.primary[row] = MISSING

    def run(self, weighting=None):
        """Run forward; return the loss of each task, and the vectors of the heads."""
        self.network.zero_grad()
        self.network.weighting = weighting
        flat = not hasattr(self.network, "auxiliary")
        branch = self.network.primary if flat else self.network.auxiliary
        kept = []
        handle = branch.talkturn_encoder.register_forward_hook(
            lambda module, given, result: kept.append(result[0])
        )
        predictions = self.network(self.batch, Masks())
        handle.remove()
        targets = self.targets
        losses = []
        for task in range(5):
            alone = torch.zeros_like(targets.weights)
            alone[task] = targets.weights[task]
            of_task = Targets(targets.primary, targets.values, targets.labels, alone)
            losses.append(MultiTaskLoss()(predictions, of_task)[0])
        return losses, kept[0]

    def gradients(self, losses):
        """Return the gradient of the sum of losses, by parameter, unweighted."""
        names, parameters = zip(*self.network.named_parameters(), strict=True)
        found = torch.autograd.grad(
            sum(losses), parameters, retain_graph=True, allow_unused=True
        )
        return {
            name: torch.zeros_like(p) if grad is None else grad
            for name, p, grad in zip(names, parameters, found, strict=True)
        }

    def weighed_gradients(self, weighting):
        losses, _ = self.run(weighting)
        sum(losses).backward()
        return {
            name: torch.zeros_like(p) if p.grad is None else p.grad
            for name, p in self.network.named_parameters()
        }

    def at_vectors(self):
        """Return every task's gradient at the vectors; auxiliary tasks' by vector."""
        losses, v = self.run()
        grads = [
            torch.autograd.grad(loss, v, retain_graph=True)[0].flatten(1)
            for loss in losses
        ]
        return losses, v, grads[0], grads[1:]


def expected_gradients(step, losses, factors):
    """Heads learn in any case; below them a task's gradient has its factor."""
    whole = step.gradients(losses)
    parts = [step.gradients([loss]) for loss in losses]
    expected = {}
    for name in whole:
        if name.startswith("auxiliary_heads."):
            expected[name] = whole[name]
        else:
            expected[name] = parts[0][name] + sum(
                factor * part[name]
                for factor, part in zip(factors, parts[1:], strict=True)
            )
    return expected


def assert_same(found, expected, tolerance=1e-12):
    for name, gradient in expected.items():
        torch.testing.assert_close(
            found[name], gradient, rtol=tolerance, atol=tolerance, msg=name
        )


ARCHITECTURES = ["rock", "rock, paper's fusion", "flat"]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_gate_against_a_backward_pass_for_each_task(architecture):
    gate, averages = CosineGate(), [None] * 4
    passed = []
    for seed in range(6):
        step = Step(architecture, seed, unlabelled=[0, 4])
        losses, _, primary, tasks = step.at_vectors()
        labelled = [row for row in range(len(primary)) if primary[row].any()]
        assert len(labelled) < len(primary)
        for task, gradient in enumerate(tasks):
            one, other = primary[labelled], gradient[labelled]
            if architecture != "flat":  # a vector of its own, which others lack
                width = one.shape[1] // 4
                own = slice(VECTOR_OF[task] * width, (VECTOR_OF[task] + 1) * width)
                one, other = one[:, own], other[:, own]
            cosine = float((one * other).sum() / (one.norm() * other.norm()))
            before = averages[task]
            averages[task] = (
                cosine if before is None
                else SMOOTHING * before + (1 - SMOOTHING) * cosine
            )  # fmt: skip
        factors = [float(average >= 0) for average in averages]
        passed.append(factors)
        expected = expected_gradients(step, losses, factors)
        assert_same(step.weighed_gradients(gate), expected)
    assert 0 < np.mean(passed) < 1  # some are left out, some are not
    by_vector = np.array([averages[VECTOR_OF.index(place)] for place in range(4)])
    np.testing.assert_allclose(gate.cosine.numpy(), by_vector, atol=1e-12)
    names = ["a", "b", "c", "d"]
    means = np.mean(passed, axis=0)
    assert gate.summary(names) == {
        name: pytest.approx(means[VECTOR_OF.index(place)])
        for place, name in enumerate(names)
    }
    assert gate.summary(names) == {}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_upgrad_against_torchjd_on_the_whole_jacobian(architecture):
    aggregation = pytest.importorskip("torchjd.aggregation")
    for seed in range(3):
        step = Step(architecture, seed)
        losses, v, primary, tasks = step.at_vectors()
        jacobian = torch.stack([primary.flatten(), *(t.flatten() for t in tasks)])
        lengths = jacobian.norm(dim=1)
        combined = aggregation.UPGrad(lengths)(jacobian / lengths[:, None])
        weights = torch.linalg.lstsq(jacobian.T, combined[:, None]).solution[:, 0]
        factors = (weights[1:] / weights[0]).tolist()
        expected = expected_gradients(step, losses, factors)
        found = step.weighed_gradients(UPGradWeights())
        assert_same(found, expected, 1e-6)
        # No loss rises along the step, but for TorchJD's regularisation.
        assert (jacobian @ combined > -1e-3 * lengths * combined.norm()).all()


@pytest.mark.parametrize("architecture", ARCHITECTURES[:2])
@pytest.mark.parametrize("name", ["cosine", "upgrad"])
def test_the_primary_branch_gets_exactly_what_it_got(architecture, name):
    if name == "upgrad":
        pytest.importorskip("torchjd")
    step = Step(architecture, 1)
    fixed = step.weighed_gradients(None)
    weighed = step.weighed_gradients(make_weighting(name))
    differ = set()
    for parameter, gradient in fixed.items():
        if not torch.equal(gradient, weighed[parameter]):
            differ.add(parameter)
    assert differ
    assert all(parameter.startswith("auxiliary.") for parameter in differ)


def test_auxiliary_losses_alone_are_not_weighed():
    step = Step("rock", 0)
    losses, _ = step.run(CosineGate())
    sum(losses[1:]).backward()
    found = {n: p.grad for n, p in step.network.named_parameters()}
    losses, _ = step.run()
    expected = step.gradients(losses[1:])
    for name, gradient in expected.items():
        if found[name] is not None:
            torch.testing.assert_close(found[name], gradient)


def test_upgrad_without_torchjd_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchjd.aggregation", None)
    with pytest.raises(ImportError, match=r"pip install hanrock-sk\[upgrad\]"):
        make_weighting("upgrad")
    assert make_weighting("fixed") is None
