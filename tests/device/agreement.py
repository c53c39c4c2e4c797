"""Numbers on the device: those of torch's operations, the naive twin and the CPU."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import engine
import numpy as np
import torch
from naive_network import NaiveNetwork, copy_parameters, explicit_windows

from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.layout.transfer import move_records
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.networks import make_network
from hanrock_sk.model.ops.kernel_table import only
from hanrock_sk.model.records import Masks, Sizes

ARCHITECTURES = ("rock", "flat", "han")
TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4}
SMALL = {"word_gru": 20, "pri_gru": 33, "attention_units": 24, "fusion": "paper"}


def make_case(
    architecture: str, dtype: torch.dtype, dropout: float, aux_gru: int
) -> tuple[Any, Any, Any, Any]:
    """Make a network on the CPU, its batch, masks and targets."""
    torch.manual_seed(0)
    auxiliary = () if architecture == "han" else engine.AUXILIARY
    sizes = Sizes(
        engine.CLASSES, auxiliary, aux_gru=aux_gru, gru_dropout=dropout,
        recurrent_dropout=dropout, **SMALL,
    )  # fmt: skip
    embedding = torch.randn(engine.VOCABULARY, 30)
    network = make_network(architecture, embedding, sizes).to(dtype).train()
    batch = make_batch(engine.make_table(300), np.arange(120, 163), 7)
    targets = engine.random_targets(43)
    n = len(auxiliary) // 2
    targets = type(targets)(
        targets.primary,
        targets.values[:n].to(dtype),
        targets.labels[:n],
        targets.weights[: 1 + 2 * n].to(dtype),
    )
    masks = network.draw_masks(batch) if dropout else Masks()
    return network, batch, masks, targets


def outputs_and_gradients(
    network: Any, batch: Any, masks: Any, targets: Any, device: str
) -> dict[str, torch.Tensor]:
    """Run a copy of the network on a device; return all numbers, on the CPU."""
    own = deepcopy(network).to(device)
    batch, masks, targets = move_records((batch, masks, targets), device)
    predictions = own(batch, masks)
    loss, task_losses, _ = MultiTaskLoss()(predictions, targets)
    loss.backward()
    results = {
        "primary": predictions.primary,
        "values": predictions.values,
        "logits": predictions.logits,
        "words": predictions.attentions.words,
        "task_losses": task_losses,
    }
    results |= {
        f"gradient of {name}": parameter.grad
        for name, parameter in own.named_parameters()
        if parameter.grad is not None
    }
    return {name: each.detach().cpu() for name, each in results.items()}


def largest_difference(
    ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]
) -> float:
    """Largest difference over the largest number of each tensor."""
    assert ours.keys() == theirs.keys()
    return max(
        ((ours[name] - theirs[name]).abs().max() / theirs[name].abs().max()).item()
        for name in ours
        if theirs[name].numel() and theirs[name].abs().max() > 0
    )


def agrees_with_torch_and_cpu(device: str) -> dict[str, Any]:
    """The device's kernels against torch's operations there, and against the CPU."""
    differences = {}
    for case in itertools.product(ARCHITECTURES, TOLERANCES, (0.0, 0.3), (1, 5)):
        given = make_case(*case)
        ours = outputs_and_gradients(*given, device)
        on_cpu = outputs_and_gradients(*given, "cpu")
        with only("eager"):
            eager = outputs_and_gradients(*given, device)
        name = "{} {} dropout {} A {}".format(*case)
        differences[name] = [
            largest_difference(ours, theirs) for theirs in (eager, on_cpu)
        ]
        assert max(differences[name]) < TOLERANCES[case[1]], (name, differences[name])
    return {"relative to torch's operations, to the CPU": differences}


def agrees_with_naive_twin(device: str) -> dict[str, Any]:
    """Predictions of explicit windows and `nn.GRU`, cuDNN's on a GPU, in float64."""
    differences = {}
    table = engine.make_table(300)
    for architecture in ARCHITECTURES:
        network, batch, masks, _ = make_case(architecture, torch.float64, 0.0, 5)
        naive = NaiveNetwork(architecture, network.inputs.embedding, network.sizes)
        naive = naive.double()
        copy_parameters(naive, network)
        windows = explicit_windows(
            table.ids, table.offsets, table.first, batch.targets, 7
        )[:3]
        with torch.no_grad():
            expected = naive.to(device)(*(each.to(device) for each in windows))[0]
            ours = network.to(device)(batch.to(device), masks).primary
        differences[architecture] = (ours - expected).abs().max().item()
        assert differences[architecture] < 1e-9, differences
    return {"largest difference": differences}


def same_bits_twice(device: str) -> dict[str, Any]:
    """Two runs of a training step are equal to the last bit."""
    for architecture in ARCHITECTURES:
        given = make_case(architecture, torch.float32, 0.3, 1)
        first, *others = (outputs_and_gradients(*given, device) for _ in range(5))
        for other in others:
            for name, expected in first.items():
                assert torch.equal(other[name], expected), (architecture, name)
    return {}


def no_races(device: str) -> dict[str, Any]:
    """NVIDIA's race checker on one small step."""
    sanitizer = shutil.which("compute-sanitizer")
    if sanitizer is None:
        return {"status": "skipped", "why": "compute-sanitizer is not installed"}
    command = [sanitizer, "--tool", "racecheck", "--error-exitcode", "3"]
    command += [sys.executable, str(Path(__file__)), device]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout[-3000:]
    return {"said": done.stdout.strip().splitlines()[-1]}


CHECKS = [agrees_with_torch_and_cpu, agrees_with_naive_twin, same_bits_twice, no_races]

if __name__ == "__main__":
    outputs_and_gradients(*make_case("rock", torch.float32, 0.3, 1), sys.argv[1])
