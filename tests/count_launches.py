"""Train on the stand-in for a CUDA device, and count what a step takes there.

``python tests/count_launches.py LIBRARY KERNELS MODEL`` with KERNELS "triton" or
"eager" and MODEL "paper" or "defaults" prints one line of JSON: launches, copies and
waits of each training step, and those of a prediction. Networks are tiny: through
Triton a step launches the same at any size.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["TRITON_INTERPRET"] = "1"
ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL).install_stand_in()  # before torch
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
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


def main() -> None:
    """Train, predict, print."""
    kernels, as_in = sys.argv[2:]
    X, y = make_conversations(n_conversations=3, n_talkturns=8, random_state=0)
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
        probabilities = model.predict_proba(X)
        predicted = COUNTS.total()
    assert np.isfinite(probabilities).all()
    print(json.dumps({"steps": steps, "predicted": predicted}))


if __name__ == "__main__":
    main()
