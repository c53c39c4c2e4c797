"""The best constant answer: what a network that reads nothing can reach."""

from __future__ import annotations

from typing import Any

import numpy as np

from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.talkturns.sample_weight import weighted_median

NO_BETTER = 0.99
"""A training loss above this share of the best constant's has nothing to show."""


def loss_of_best_constant(
    net: MultiTaskNet, data: TalkturnData, smoothing: float = 0.0
) -> float:
    """Compute the primary loss of the constant that fits the labels best.

    A network that reads nothing cannot do better. With few labels it may take a dozen
    epochs until one does, with validation losses that go up and down by chance: a
    learning rate that is halved each time never gets there.

    Parameters
    ----------
    net : MultiTaskNet
        Initialised, for its loss.
    data : TalkturnData
        With the labels.
    smoothing : float, default=0.0
        Share of each label's probability that all classes share.

    Returns
    -------
    loss : float
        In the user's unit.
    """
    primary = data.primary[data.targets]
    weights = data.label_weights()
    if primary.dtype.kind == "f":
        if net.criterion_.value_loss == "squared_error":
            mean = np.average(primary, weights=weights)
            variance = np.average((primary - mean) ** 2, weights=weights)
            return float(variance) * net.value_scale**2
        distances = np.abs(primary - weighted_median(primary, weights))
        return float(np.average(distances, weights=weights)) * net.value_scale
    n_classes = net.module_.sizes.primary
    counts = data.class_counts(n_classes)
    n_labels = counts.sum()
    counts = (1 - smoothing) * counts + smoothing * n_labels / n_classes
    if net.criterion_.class_weight is not None:
        counts *= net.criterion_.class_weight.cpu().numpy()
    counts = counts[counts > 0]
    return float(-(counts * np.log(counts / counts.sum())).sum() / n_labels)


def describe_chance(
    net: MultiTaskNet, data: TalkturnData, record: dict[str, Any]
) -> str | None:
    """Say that training has not led to anything, if so.

    Parameters
    ----------
    net : MultiTaskNet
        As it was trained.
    data : TalkturnData
        What it was trained on.
    record : dict
        Its last epoch.

    Returns
    -------
    message : str or None
        None if it tells its own training labels better than a constant answer does.
    """
    labels = data.primary[data.targets]
    constant = loss_of_best_constant(net, data, net.criterion_.label_smoothing)
    loss = record["train_loss"]["primary"]
    if (labels == labels[0]).all() or loss < NO_BETTER * constant:
        return None
    return (
        f"After epoch {record['epoch']} the model tells its own {len(labels)} training "
        "labels no better than one answer to everything would: its loss is "
        f"{loss:.4g}, that of the best constant {constant:.4g}. More epochs "
        f"(max_epochs), another learning rate (now lr={net.lr}) or less regularisation "
        "(l2, dropout) may help. If not, see whether the labels stand beside their "
        "talkturns, and depend on what is said at all."
    )
