"""Weights that a fit takes over from another network."""

from __future__ import annotations

from dataclasses import dataclass

import joblib
import numpy as np
import torch
from torch import nn


@dataclass(frozen=True)
class TakenOver:
    """A weight that is taken over, whole or in part.

    Attributes
    ----------
    values : ndarray
        What it begins with.
    axis : int or None
        The axis along which a part is taken over; None for the whole.
    index : ndarray of int64 or None
        Which part.
    """

    values: np.ndarray
    axis: int | None = None
    index: np.ndarray | None = None

    def hashed(self) -> str:
        """Return a hash of it all."""
        return joblib.hash([self.values, self.axis, self.index])


Start = dict[str, TakenOver]
"""By the name of the weight; others begin as they do in any fit."""


def begin_with(module: nn.Module, start: Start) -> None:
    """Give a network the weights that are taken over."""
    weights = module.state_dict()
    with torch.no_grad():
        for name, taken in start.items():
            values = torch.from_numpy(taken.values).to(weights[name])
            if taken.axis is None or taken.index is None:
                weights[name].copy_(values)
            else:
                index = torch.from_numpy(taken.index).to(values.device)
                weights[name].index_copy_(taken.axis, index, values)
