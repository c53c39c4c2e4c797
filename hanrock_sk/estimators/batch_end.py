"""What happens after every batch, whoever trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback


class BatchEnd(Callback):
    """Calls a function after every batch."""

    def __init__(self, look: Callable[[], None]) -> None:
        self.look = look

    def on_batch_end(self, net: NeuralNet, **kwargs: Any) -> None:  # noqa: D102
        self.look()
