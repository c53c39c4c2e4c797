"""Weights that a network begins with, where the training data say what is best."""

from __future__ import annotations

import numpy as np
import torch

from hanrock_sk.estimators.class_factors import class_shares
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.model.layout.batches import mean_contextual
from hanrock_sk.talkturns.sample_weight import weighted_median

MOST_STANDARDISED = 50_000
"""Words by which an encoder's vectors are standardised."""


def start_standardised(net: MultiTaskNet, data: TalkturnData) -> None:
    """Let the network standardise the encoder's vectors by those of the training."""
    if data.table.contextual is None:
        return
    rows = data.table.contextual.vectors
    some = torch.from_numpy(rows[:: max(1, len(rows) // MOST_STANDARDISED)]).float()
    some = some[(some != 0).any(1)]
    if not len(some):
        return
    mean = some.mean(0)
    spread = (some - mean).square_().mean(0).sqrt_()
    inputs = net.module_.inputs
    with torch.no_grad():
        inputs.mean.copy_(mean)
        inputs.spread.copy_(spread + 1e-6)


def start_direct_way(net: MultiTaskNet, data: TalkturnData) -> None:
    """Centre the direct way's vectors, and begin with the classes' frequencies."""
    direct = net.module_.direct
    if direct is None:
        return
    with torch.no_grad():
        if data.table.contextual is not None:
            # In pieces: the vectors of all words are much more than their means.
            pieces = np.array_split(data.targets, 1 + len(data.targets) // 4096)
            sums = [
                means.sum(axis=0, dtype=np.float64)
                for piece in pieces
                if (means := mean_contextual(data.table, piece)) is not None
            ]
            centre = np.sum(sums, axis=0) / len(data.targets)
            direct.centre.copy_(torch.from_numpy(centre))
        if data.primary.dtype.kind != "f":
            bias = net.module_.primary_head.bias
            criterion, factors = net.criterion_, None
            if criterion.class_weight is not None:
                factors = criterion.class_weight.cpu().numpy()
            shares = class_shares(data.class_counts(len(bias)), factors)
            bias.copy_(torch.from_numpy(np.log(shares)))
            if criterion.logit_offsets is not None:
                bias.sub_(criterion.logit_offsets)


def start_measured_way(net: MultiTaskNet, data: TalkturnData) -> None:
    """Let the primary head read predictions in standard deviations of what they are."""
    way = getattr(net.module_, "measured", None)
    if way is None:
        return
    rows = np.union1d(data.targets, data.unlabelled)
    with torch.no_grad():
        for row, task in enumerate(way.tasks.tolist()):
            known = data.values[task, rows]
            known = known[~np.isnan(known)]
            way.centre[row] = float(known.mean()) if len(known) else 0.0
            spread = float(known.std()) if len(known) else 0.0
            way.spread[row] = spread if spread > 0 else 1.0


def start_values_at_median(net: MultiTaskNet, data: TalkturnData) -> None:
    """Let every head of a real value begin with its training targets' median."""
    weights = data.label_weights()
    with torch.no_grad():
        if data.primary.dtype.kind == "f":
            net.module_.primary_head.bias.fill_(
                weighted_median(data.primary[data.targets], weights)
            )
        heads = getattr(net.module_, "auxiliary_heads", None)
        if heads is not None:
            for row, values in enumerate(data.values[:, data.targets]):
                known = ~np.isnan(values)
                if known.any():
                    count = None if weights is None else weights[known]
                    median = weighted_median(values[known], count)
                    heads.value_bias[row].fill_(median)
