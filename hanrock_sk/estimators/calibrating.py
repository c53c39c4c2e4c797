"""Calibration: held-out labels tell how far a network's answers are to be trusted.

A network that has been trained on few labels is surer than it is right: its logits are
too large, its values too far from the median. One factor mends that, see
`temperature_of` and `slope_of`, and leaves every predicted class, and the order of
values, as it is.
Labels that were trained on cannot tell it. Without labels to validate on, a second
network is trained without a third of the labelled conversations, and theirs tell it;
predictions come from the first, which had all. The second is the primary branch alone,
on labelled talkturns: how sure few labels make it hardly depends on the rest, which
takes most of the time.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning

from hanrock_sk._base.callbacks import NoTasks
from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.going_on import BAG
from hanrock_sk.estimators.memory import train_or_load
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.new_net import new_net
from hanrock_sk.estimators.splitting import hold_out
from hanrock_sk.estimators.start import Start
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.estimators.training import EpochEnd, warn_of_no_success
from hanrock_sk.talkturns.conversations import Conversations

HELD_OUT = 1 / 3
"""Share of the labelled talkturns that tells the factor, in conversations."""

AUXILIARY = ("auxiliary.", "auxiliary_heads.", "fusion.", "measured.")
"""Names of the weights that the primary branch alone does not have."""


def calibrate(
    estimator: Any,
    network: FittedNetwork,
    data: TalkturnData,
    valid: TalkturnData | None,
    conversations: Conversations,
    seed: int,
    start: Start,
) -> float:
    """Multiply the primary answers of a trained network by what held-out labels tell.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        In fit.
    network : FittedNetwork
        Trained.
    data, valid : TalkturnData
        What it was trained and validated on.
    conversations : Conversations
        Where the talkturns of `data` are.
    seed : int
        Of the fit.
    start : Start
        The weights that the fit began with, where it took some over.

    Returns
    -------
    factor : float
        What logits, or centred values, have been multiplied by.
    """
    teller: MultiTaskNet | None = network.net
    if valid is None:
        generator = np.random.default_rng([seed, 1])
        trained_on, data = primary_alone(network.trained_on, data)
        data, valid = hold_out_a_third(data, conversations, generator)
        if BAG not in start:  # where a fit before has taught words of its own
            data, valid = knowing_the_words(data, valid)
        teller = None
        if len(valid):
            teller = _train_another(
                estimator, network, trained_on, data, generator, seed, start
            )
    answers = np.empty((0, network.trained_on.sizes.primary), dtype=np.float32)
    positions = np.empty(0, dtype=np.int64)
    if teller is not None:
        answers, positions = teller.predict_labelled(valid)
    factor = estimator._calibration_factor(answers, *_labels_at(valid, positions))
    multiply_answers(network.net, factor)
    return factor


def primary_alone(
    trained_on: TrainedOn, data: TalkturnData
) -> tuple[TrainedOn, TalkturnData]:
    """Leave out all that is auxiliary: targets, their tasks, unlabelled talkturns.

    Parameters
    ----------
    trained_on : TrainedOn
        What the first network is.
    data : TalkturnData
        What it would be trained on.

    Returns
    -------
    trained_on : TrainedOn
        A HAN of the same sizes.
    data : TalkturnData
        The labelled talkturns.
    """
    sizes = replace(trained_on.sizes, auxiliary=(), measured=())
    alone = replace(trained_on, architecture="han", sizes=sizes, valued=(), labelled=())
    return alone, replace(
        data,
        values=data.values[:0],
        labels=data.labels[:0],
        weights=data.weights[:1],
        unlabelled=data.unlabelled[:0],
    )


def _train_another(
    estimator: Any,
    network: FittedNetwork,
    trained_on: TrainedOn,
    data: TalkturnData,
    generator: np.random.Generator,
    seed: int,
    start: Start,
) -> MultiTaskNet | None:
    """Train a second network in the same way; its warnings would be told twice."""
    net = new_net(
        estimator, trained_on, network.reader, data, network.device, generator
    )
    net.callbacks = None  # the user's are about the first network
    if estimator.verbose:
        print(f"calibration: a second network, on {len(data)} of the labels")
    another = FittedNetwork(net, network.reader, trained_on)
    start = {n: taken for n, taken in start.items() if not n.startswith(AUXILIARY)}
    epoch_end = EpochEnd([], NoTasks(), None, 1, verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            train_or_load(estimator, another, data, None, epoch_end, seed, start)
        except FloatingPointError as problem:
            reason = str(problem)
        else:
            return net
    warn_of_no_success(
        "Calibration: the second network, which was to tell how sure the first may be, "
        f"could not be trained; the usual factor is taken. {reason}"
    )
    return None


def _labels_at(
    data: TalkturnData, positions: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Collect labels, or their distributions, and how much each counts."""
    labels, weights = data.primary[positions], data.sample_weight
    if data.soft is not None:
        labels = data.soft[:, positions].T
    return labels, None if weights is None else weights[positions]


def hold_out_a_third(
    data: TalkturnData,
    conversations: Conversations,
    generator: np.random.Generator,
) -> tuple[TalkturnData, TalkturnData]:
    """Split the labelled talkturns: what to train on, and what tells the factor.

    Parameters
    ----------
    data : TalkturnData
        All that is trained on.
    conversations : Conversations
        Where its talkturns are.
    generator : numpy.random.Generator
        Draws the conversations.

    Returns
    -------
    kept, held_out : TalkturnData
        The second is empty if there is but one label.
    """
    labelled = np.zeros(len(data.table), dtype=bool)
    labelled[data.targets] = True
    apart = hold_out(conversations, labelled, HELD_OUT, generator)
    at_targets = apart[data.targets]
    return (
        replace(data, targets=data.targets[~at_targets]),
        replace(data, targets=data.targets[at_targets]),
    )


def knowing_the_words(
    data: TalkturnData, valid: TalkturnData
) -> tuple[TalkturnData, TalkturnData]:
    """Let the direct way know no word that only held-out labels teach.

    As in prediction, where words that no label has taught are left out.
    """
    if data.table.bags is None:
        return data, valid
    bags = data.table.bags.known_by(data.targets)
    table = replace(data.table, bags=bags)
    return replace(data, table=table), replace(valid, table=table)


def multiply_answers(net: MultiTaskNet, factor: float) -> None:
    """Multiply the primary answers for good: they are linear in these weights."""
    module: Any = net.module_
    ways = [module.primary_head, module.direct, getattr(module, "measured", None)]
    with torch.no_grad():
        for way in filter(None, ways):
            for parameter in way.parameters():
                parameter.mul_(factor)
