"""Calibration: held-out labels tell how far a network's answers are to be trusted.

A network that has been trained on few labels is surer than it is right: its logits are
too large, its values too far from the median. One factor mends that, see
`temperature_of` and `slope_of`, and leaves every predicted class, and the order of
values, as it is.
Labels that were trained on cannot tell it. Without labels to validate on, a second
network is trained without a third of the labelled conversations, and theirs tell it;
predictions come from the first, which had all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from hanrock_sk.estimators.epoch_end import warn_of_no_success
from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.second_network import SecondNetwork
from hanrock_sk.estimators.start import Start
from hanrock_sk.estimators.talkturn_data import TalkturnData


def calibrate(
    estimator: Any,
    network: FittedNetwork,
    valid: TalkturnData | None,
    second: SecondNetwork | None,
) -> float:
    """Multiply the primary answers of a trained network by what held-out labels tell.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        In fit.
    network : FittedNetwork
        Trained.
    valid : TalkturnData or None
        What it was validated on.
    second : SecondNetwork or None
        Trained, where there is nothing to validate on.

    Returns
    -------
    factor : float
        What logits, or centred values, have been multiplied by.
    """
    if second is None:
        answers, positions = network.net.predict_labelled(valid)
        labels = _labels_at(valid, positions)
    else:
        answers, positions = second.answers()
        labels = _labels_at(second.valid, positions)
        if second.problem is not None:
            warn_of_no_success(
                "Calibration: the second network, which was to tell how sure the first "
                "may be, could not be trained; the usual factor is taken. "
                f"{second.problem}"
            )
    factor = estimator._calibration_factor(answers, *labels)
    multiply_answers(network.net, factor)
    return factor


def _labels_at(
    data: Any, positions: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Collect labels, or their distributions, and how much each counts."""
    labels, weights = data.primary[positions], data.sample_weight
    if data.soft is not None:
        labels = data.soft[:, positions].T
    return labels, None if weights is None else weights[positions]


def multiply_answers(net: MultiTaskNet, factor: float) -> None:
    """Multiply the primary answers for good."""
    with torch.no_grad():
        for parameter in _answering(net.module_).values():
            parameter.mul_(factor)


def kept_factor(fitted: Mapping[str, Any]) -> float:
    """Return the factor that a fit has multiplied its answers by, of its attributes."""
    return float(fitted.get("slope_", 1 / fitted.get("temperature_", 1.0)))


def before_calibration(start: Start, net: MultiTaskNet, factor: float) -> Start:
    """Take back what the answers of a network that is taken over were multiplied by.

    A fit that goes on with it is calibrated anew, and would else be so twice.
    """
    answering = _answering(net.module_)
    return start | {
        name: replace(start[name], values=start[name].values / factor)
        for name in answering
        if name in start
    }


def _answering(module: nn.Module) -> dict[str, nn.Parameter]:
    """Collect the weights that the primary answers are linear in."""
    ways = ("primary_head", "direct", "measured")
    return {n: p for n, p in module.named_parameters() if n.split(".")[0] in ways}
