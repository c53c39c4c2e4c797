"""Temperature scaling: held-out labels tell how sure a classifier may be.

A network that has been trained on few labels is right less often than it says. Dividing
its logits by a temperature above 1 mends that and leaves every predicted class as it is
(Guo et al., 2017). Labels that were trained on cannot tell the temperature. Without
labels to validate on, a second network is trained without a third of the labelled
conversations, and theirs tell it; predictions come from the first, which had all. The
second is the primary branch alone, on labelled talkturns: how sure few labels make it
hardly depends on the rest, which takes most of the time.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning

from hanrock_sk._base.callbacks import NoTasks
from hanrock_sk.estimators.fitted import FittedNetwork
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
"""Share of the labelled talkturns that tells the temperature, in conversations."""

USUAL, USUAL_SPREAD = 1.25, 0.2
"""The temperature expected without any label, and the standard deviation of its
logarithm: a dozen labels hardly move it, two hundred do."""

LOWEST, HIGHEST = 0.5, 5.0


AUXILIARY = ("auxiliary.", "auxiliary_heads.", "fusion.", "measured.")
"""Names of the weights that the primary branch alone does not have."""


def scale_temperature(
    estimator: Any,
    network: FittedNetwork,
    data: TalkturnData,
    valid: TalkturnData | None,
    conversations: Conversations,
    seed: int,
    start: Start,
) -> float:
    """Divide the logits of a trained network by what held-out labels tell.

    Parameters
    ----------
    estimator : HANRockClassifier
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
    temperature : float
        What the logits have been divided by.
    """
    teller: MultiTaskNet | None = network.net
    if valid is None:
        generator = np.random.default_rng([seed, 1])
        trained_on, data = primary_alone(network.trained_on, data)
        data, valid = hold_out_a_third(data, conversations, generator)
        teller = None
        if len(valid):
            teller = _train_another(
                estimator, network, trained_on, data, generator, seed, start
            )
    temperature = USUAL
    if teller is not None:
        logits, positions = teller.predict_labelled(valid)
        temperature = temperature_of(logits, *_labels_at(valid, positions))
    divide_logits(network.net, temperature)
    return temperature


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
        "Calibration: the second network, which was to tell the temperature, could not "
        f"be trained; the usual one, {USUAL}, is taken. {reason}"
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


def temperature_of(
    logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Find the most likely temperature, given the usual one.

    Parameters
    ----------
    logits : ndarray of shape (n, n_classes)
        Predicted for held-out talkturns.
    labels : ndarray of int, shape (n,), or of float, shape (n, n_classes)
        Their class indices; or how probable each class is.
    weights : ndarray of shape (n,) or None, default=None
        How much each counts; 1 is one label.

    Returns
    -------
    temperature : float
        What to divide logits by.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.estimators.calibrating import temperature_of
    >>> logits, labels = np.array([[3.0, 0], [3, 0], [0, 3]] * 200), [0, 0, 0] * 200
    >>> temperature_of(logits, np.array(labels)) > 2  # sure, and wrong of a third
    True
    """
    logits = logits.astype(np.float64)
    true = np.asarray(labels, dtype=np.float64)
    if true.ndim == 1:
        true = np.eye(logits.shape[1])[labels]
    if weights is not None:
        true = true * weights[:, None]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        surprise = -(log_softmax(scaled, axis=1) * true).sum()
        unusual = (log_temperature - np.log(USUAL)) / USUAL_SPREAD
        return surprise + unusual**2 / 2

    bounds = np.log(LOWEST), np.log(HIGHEST)
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def hold_out_a_third(
    data: TalkturnData,
    conversations: Conversations,
    generator: np.random.Generator,
) -> tuple[TalkturnData, TalkturnData]:
    """Split the labelled talkturns: what to train on, and what tells the temperature.

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


def divide_logits(net: MultiTaskNet, temperature: float) -> None:
    """Divide the primary task's logits for good: they are linear in these weights."""
    module: Any = net.module_
    ways = [module.primary_head, module.direct, getattr(module, "measured", None)]
    with torch.no_grad():
        for way in filter(None, ways):
            for parameter in way.parameters():
                parameter.div_(temperature)
