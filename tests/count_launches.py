"""Train on the stand-in for a CUDA device, and count what a step takes there.

``python tests/count_launches.py LIBRARY`` prints a line of JSON for each of the CASES:
launches, copies and waits of each training step, and those of a prediction. Networks
are tiny: through Triton a step launches the same at any size. Each case is a process of
its own, as the stand-in changes torch; they are forks of one that has loaded it.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

os.environ["TRITON_INTERPRET"] = "1"
ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL).install_stand_in()  # before torch
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import torch._dynamo  # noqa: E402, or each case would load it
from stand_in_cuda import COUNTS, held, stand_in  # noqa: E402

from hanrock_sk import (  # noqa: E402
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
)
from hanrock_sk.datasets import make_conversations  # noqa: E402
from hanrock_sk.estimators.net import MultiTaskNet  # noqa: E402
from hanrock_sk.model.ops import kernel_table as table  # noqa: E402

PAPER = {
    "fusion": "paper",
    "direct": False,
    "direct_measured": False,
    "speaker_vectors": False,
    "label_smoothing": 0.0,
    "logit_adjustment": 0.0,
    "schedule": "plateau",
    "weight_average": None,
    "clip_norm": None,
}
"""Parameters of the network and the training of the paper."""


def use_triton() -> None:
    """Launch Triton's kernels for the stand-in, by its interpreter."""
    from hanrock_sk.model.ops import triton_attention, triton_recurrence, triton_words

    launch = triton_words.launch

    def counted(kernel: Any, grid: Any, *given: Any, **constants: Any) -> None:
        COUNTS.launches[f"triton {kernel.fn.__name__}"] += 1
        launch(kernel, grid, *map(held, given), **constants)

    modules: tuple[Any, ...] = (triton_attention, triton_recurrence, triton_words)
    for module in modules:
        module.launch = counted
    operations = ("recurrence", "attention", "words")
    table.TABLE.insert(0, table.Library("triton", operations, ("cuda",), table.REAL))
    table.forget_choices()


def count_steps(steps: list[dict[str, Any]]) -> None:
    """Note what each training step takes, its batch's way to the card included."""
    take_step = MultiTaskNet.train_step

    def counted(self: MultiTaskNet, batch: Any, **params: Any) -> Any:
        result = take_step(self, batch, **params)
        names = dict(COUNTS.launches.most_common())
        steps.append(
            {**COUNTS.total(), "names": names, "waits_for": dict(COUNTS.waits)}
        )
        COUNTS.clear()
        return result

    MultiTaskNet.train_step = counted  # type: ignore[method-assign]


def train(kernels: str, as_in: str) -> None:
    """Train, predict, print."""
    X, y = make_conversations(n_conversations=3, n_talkturns=6, random_state=0)
    X = AuxiliaryTargets(
        actions=(), prosody=["tone_sad"], history=1, future=1
    ).fit_transform(X, y)
    X = AuxiliaryWeights(random_state=0).fit(X, y).transform(X)
    model = HANRockClassifier(
        max_epochs=1, batch_size=5, run_length=3, content_size=3, max_words=3,
        word_gru=4, pri_gru=5, aux_gru=1, attention_units=6, embedding_dim=8,
        gru_dropout=0.2, recurrent_dropout=0.2, l2=1e-3, device="cuda", random_state=0,
        **(PAPER if as_in == "paper" else {}),
    )  # fmt: skip
    steps: list[dict[str, Any]] = []
    with stand_in():
        if kernels == "triton":
            use_triton()
        count_steps(steps)
        model.fit(X, y)
        COUNTS.clear()
        probabilities = model.predict_proba(X[X["conversation"] == 0])
        predicted = COUNTS.total()
    assert np.isfinite(probabilities).all()
    tell(kernels, {"steps": steps, "predicted": predicted})


def mix() -> None:
    """A tensor left on the CPU is an error there, as on a card."""
    with stand_in():
        there = torch.ones(3).to("cuda")
        assert there.device.type == "cuda"
        assert COUNTS.total()["copies"] == 1
        assert (there + there).cpu().tolist() == [2.0, 2.0, 2.0]
        assert COUNTS.total() == {"launches": 1, "copies": 2, "waits": 1}
        assert there.sum().item() == 3
        assert COUNTS.waits["_local_scalar_dense"] == 1
        try:
            there + torch.ones(3)
        except RuntimeError as error:
            tell("mix", {"refused": str(error)})


def tell(case: str, told: dict[str, Any]) -> None:
    """Print one line."""
    print(json.dumps({"case": case, **told}), flush=True)


CASES: list[tuple[Any, ...]] = [
    (mix,),
    (train, "eager", "defaults"),
    (train, "triton", "paper"),
]


def main() -> None:
    """Run every case; what it does not print, the standard error explains."""
    context = multiprocessing.get_context("fork")
    for case, *words in CASES:
        process = context.Process(target=case, args=words)
        process.start()
        process.join()


if __name__ == "__main__":
    main()
