"""How long to train, at which learning rate, and the average of the weights."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

FEWEST_STEPS, MOST_STEPS = 500, 1500
MANY_LABELS = 4000

WARM_UP = 0.2
"""Share of the steps in which the one-cycle learning rate rises."""

LOWEST = 1 / 25
"""Where it begins, as a share of the highest."""


def training_steps(n_labels: int) -> int:
    """Return how many training steps suit a number of labels.

    Steps, not epochs, are what a network learns in: thirty epochs of 200 labels are
    two hundred steps, which are too few, and of 10,000 they are ten thousand.

    Parameters
    ----------
    n_labels : int
        Labels trained on.

    Returns
    -------
    steps : int
        500 up to 2,000 labels, then growing with the power 0.4 of their number, to at
        most 1,500.

    Examples
    --------
    >>> from hanrock_sk.estimators.schedule import training_steps
    >>> [training_steps(n) for n in (50, 200, 1000, 10_000, 100_000)]
    [500, 500, 500, 956, 1500]
    """
    steps = 200 * (n_labels / 200) ** 0.4
    return int(min(max(steps, FEWEST_STEPS), MOST_STEPS))


def batch_size_for(n_labels: int) -> int:
    """Return how many labelled talkturns a training step has by default."""
    return 32 if n_labels < MANY_LABELS else 64


def epochs_for(n_labels: int, batch_size: int) -> int:
    """Return the epochs of `training_steps`."""
    return math.ceil(training_steps(n_labels) / math.ceil(n_labels / batch_size))


def one_cycle(step: int, total: int) -> float:
    """Return the factor of the learning rate in a training step.

    It rises from a 25th to 1, and falls to nearly nothing, each on half a cosine; as
    torch's ``OneCycleLR`` does, which divides by zero where there are four steps.

    Parameters
    ----------
    step : int
        Counted from 0.
    total : int
        How many there are.

    Examples
    --------
    >>> from hanrock_sk.estimators.schedule import one_cycle
    >>> [round(one_cycle(step, 14), 2) for step in (0, 1, 2, 8, 14)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """
    peak = max(WARM_UP * (total + 1) - 1, 0)
    if step < peak:
        low, part = LOWEST, 1 - step / peak
    else:
        low, part = LOWEST * 1e-4, min((step - peak) / (total - peak), 1)
    return low + (1 - low) * (1 + math.cos(math.pi * part)) / 2


class WeightAverage:
    """An exponential average of the weights over training steps.

    Averaged weights take the place of a best epoch, which needs labels to choose it.

    Parameters
    ----------
    parameters : iterable of torch.nn.Parameter
        The weights.
    decay : float
        Share of the average that stays in a step; less in the first steps, so that the
        average does not begin with the weights before training.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], decay: float) -> None:
        self._parameters: list[Tensor] = [p for p in parameters if p.requires_grad]
        self._others = [p.detach().clone() for p in self._parameters]
        self._decay, self._steps, self._swapped = decay, 0, False

    def begin(self) -> None:
        """Begin with the weights as they are now."""
        self._others = [p.detach().clone() for p in self._parameters]

    def update(self) -> None:
        """Take the weights after a training step into the average."""
        self._steps += 1
        decay = min(self._decay, self._steps / (9 + self._steps))
        with torch.no_grad():
            torch._foreach_lerp_(self._others, self._parameters, 1 - decay)

    def use(self, average: bool) -> None:
        """Let the network have the average, or the weights that are trained."""
        if average == self._swapped:
            return
        self._swapped = average
        with torch.no_grad():
            for parameter, other in zip(self._parameters, self._others, strict=True):
                kept = parameter.clone()
                parameter.copy_(other)
                other.copy_(kept)
