"""Milliseconds of a training step and of prediction, in turns, by who computes them.

The device's kernels, torch's operations there, the obvious way there (cuDNN on a GPU)
and the CPU. What takes part in a turn is the same batch; the median is reported.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import engine
import numpy as np
import torch
from naive_network import NaiveNetwork, copy_parameters, explicit_windows

from hanrock_sk.estimators.talkturn_data import piece_words
from hanrock_sk.model.layout.batch_targets import shuffled_runs, whole_conversations
from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.layout.transfer import move_records
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.networks import make_network
from hanrock_sk.model.ops.kernel_table import only
from hanrock_sk.model.records import Sizes
from hanrock_sk.text.tokenizer import token_spans

WIDTHS = {"reference": (128, 256, 1, 128), "narrow": (32, 32, 1, 32)}
SETTINGS = [(43, 18, "reference"), (43, 18, "narrow"), (256, 30, "reference")]
SETTINGS += [
    setting
    for setting in itertools.product((8, 43, 128, 256), (1, 18, 30), WIDTHS)
    if setting not in SETTINGS
]
"""Batch size, content size and widths, those that matter most first."""


def wait(device: str) -> None:
    """Wait until the device has done what it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def make_networks(widths: str) -> tuple[Any, Any]:
    """The engine's network and the naive one, with the same parameters."""
    torch.manual_seed(0)
    word_gru, pri_gru, aux_gru, units = WIDTHS[widths]
    sizes = Sizes(
        engine.CLASSES, engine.AUXILIARY, word_gru=word_gru, pri_gru=pri_gru,
        aux_gru=aux_gru, attention_units=units, recurrent_dropout=0.0, fusion="paper",
    )  # fmt: skip
    embedding = 0.1 * torch.randn(engine.VOCABULARY, engine.WIDTH)
    network = make_network("rock", embedding, sizes, freeze_embedding=True)
    naive = NaiveNetwork("rock", embedding, sizes)
    naive.embedding.weight.requires_grad_(False)
    copy_parameters(naive, network)
    return network, naive


def step_of(network: Any, device: str, content_size: int, table: Any) -> Any:
    """A training step of the engine, from positions to gradients."""
    network = deepcopy(network).to(device).train()
    criterion = MultiTaskLoss()

    def step(targets: np.ndarray) -> None:
        batch = make_batch(table, targets, content_size)
        wanted = engine.random_targets(len(targets))
        batch, wanted = move_records((batch, wanted), device)
        network.zero_grad()
        criterion(network(batch), wanted)[0].backward()
        wait(device)

    return step


def naive_step_of(naive: Any, device: str, content_size: int, table: Any) -> Any:
    """The same the obvious way."""
    naive = deepcopy(naive).to(device).train()

    def step(targets: np.ndarray) -> None:
        windows = explicit_windows(
            table.ids, table.offsets, table.first, targets, content_size
        )[:3]
        wanted = engine.random_targets(len(targets))
        (wanted,) = move_records((wanted,), device)
        naive.zero_grad()
        primary, auxiliary, _ = naive(*(each.to(device) for each in windows))
        engine.naive_loss(primary, auxiliary, wanted).backward()
        wait(device)

    return step


def prediction_of(network: Any, device: str, content_size: int, table: Any) -> Any:
    """Predict a whole table."""
    network = deepcopy(network).to(device).eval()

    def predict(_: np.ndarray) -> None:
        with torch.inference_mode():
            words = torch.from_numpy(np.unique(table.ids).astype(np.int64)).to(device)
            products = network.know_words(words)
            for part in whole_conversations(
                table, np.arange(len(table)), content_size, piece_words(device)
            ):
                batch = make_batch(table, part, content_size).to(device)
                network(batch, products=products).primary.cpu()

    return predict


def with_torch_alone(task: Callable[[Any], None]) -> Callable[[Any], None]:
    """The same with torch's operations."""

    def run(given: Any) -> None:
        with only("eager"):
            task(given)

    return run


def medians(
    tasks: dict[str, Callable[[Any], None]], given: list[Any], repeat: int
) -> dict[str, float]:
    """Median milliseconds of each task, in turns, after two that do not count."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for i in range(2 + repeat):
        for name, task in tasks.items():
            began = time.perf_counter()
            task(given[i % len(given)])
            if i >= 2:
                times[name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(each) for name, each in times.items()}


def measure(device: str, ends: float) -> Iterator[dict[str, Any]]:
    """Yield a row for each setting, until `ends` by the monotonic clock."""
    table = engine.make_table(1000)
    repeat = 10 if device.startswith("cuda") else 1
    settings = SETTINGS if device.startswith("cuda") else SETTINGS[1:2]
    for number, (batch_size, content_size, widths) in enumerate(settings):
        if time.monotonic() > ends:
            yield {"left out for lack of time": len(settings) - number}
            return
        network, naive = make_networks(widths)
        generator = np.random.default_rng(1)
        parts = [
            part
            for part in shuffled_runs(
                table, np.arange(len(table)), batch_size, 16, generator
            )
            if len(part) == batch_size
        ]
        ours = step_of(network, device, content_size, table)
        steps = {"kernels": ours, "torch's operations": with_torch_alone(ours)}
        steps["the obvious way"] = naive_step_of(naive, device, content_size, table)
        predict = prediction_of(network, device, content_size, table)
        predictions = {"kernels": predict}
        if device != "cpu":
            steps["CPU"] = step_of(network, "cpu", content_size, table)
            predictions["torch's operations"] = with_torch_alone(predict)
            predictions["CPU"] = prediction_of(network, "cpu", content_size, table)
        yield {
            "batch_size": batch_size,
            "content_size": content_size,
            "widths": widths,
            "step_ms": medians(steps, parts, repeat),
            "predict_1000_ms": medians(predictions, parts, min(repeat, 3)),
        }
    yield encoder_throughput(device)


def encoder_throughput(device: str) -> dict[str, Any]:
    """Texts a second that the packaged encoder reads."""
    try:
        from hanrock_sk.text import minilm_l6

        vectors = minilm_l6(device=device)
        texts = ["yes I think that is what we should do first"] * 2
        texts += [f"talkturn number {i} says something of its own" for i in range(512)]
        words = [token_spans(text)[1] for text in texts]
        vectors.encode_words(texts[:8], words[:8])
        began = time.perf_counter()
        vectors.encode_words(texts, words)
        return {"encoder_texts_per_s": len(texts) / (time.perf_counter() - began)}
    except Exception as error:  # it is optional
        return {"encoder": f"not measured: {error}"}
