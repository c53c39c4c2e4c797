"""Fits that are remembered: what was trained before is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import joblib
import numpy as np
from sklearn.utils.validation import check_memory

from hanrock_sk._base.seeding import generator_given_back
from hanrock_sk._base.version import __version__
from hanrock_sk.estimators.epoch_end import EpochEnd
from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.skorch_callbacks import (
    callbacks_in,
    described,
    fill_history,
)
from hanrock_sk.estimators.start import Start
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.training import train

NOT_IN_RECIPE = {
    "device", "embeddings", "init_from", "memory", "random_state", "verbose",
    "warm_start",
}  # fmt: skip
"""Parameters that do not make a fit another one, or of which the recipe has what came
of them: the vectors, the seed and the weights taken over."""


@dataclass(frozen=True)
class Trained:
    """What is kept of a fit.

    Attributes
    ----------
    weights : dict of str to ndarray
        The network's, of the best epoch.
    history : list of dict
        A record per epoch.
    best_epoch : int
        Counted from 1.
    warning : str or None
        What was warned of at the end of training. Fits that were stored without it
        have the default.
    """

    weights: dict[str, np.ndarray]
    history: list[dict[str, Any]]
    best_epoch: int
    warning: str | None = None

    @property
    def stopped(self) -> bool:
        """Whether a callback of scikit-learn's ended the training.

        Those of net_params belong to the recipe, and end it each time.
        """
        return self.history[-1].get("stopped") == "callback"


def train_or_load(
    estimator: Any,
    network: FittedNetwork,
    data: TalkturnData,
    valid: TalkturnData | None,
    epoch_end: EpochEnd,
    seed: int,
    start: Start | None = None,
) -> None:
    """Train a net, or give it the weights it had when it was trained like this before.

    The estimator's memory stores a fit in one step, when it is finished; a fit without
    a random state is not stored, as there will be no other like it.

    The callbacks are told of loaded epochs too, without weights. Where a fit ended is
    partly their doing: one that ended where today's callbacks do not end it, or went
    on where they do, is trained again and remembered as a further attempt.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        The estimator in fit.
    network : FittedNetwork
        The network, its net not yet initialised.
    data, valid : TalkturnData
        To train and to validate on.
    epoch_end : EpochEnd
        Gets the history.
    seed : int
        For torch.
    start : Start or None
        Weights that are taken over.
    """
    net = network.net
    if estimator.memory is None or estimator.random_state in (None, np.random):
        train(net, data, valid, epoch_end, seed, start)
        return
    remembered = check_memory(estimator.memory).cache(
        _train, ignore=["network", "data", "valid", "epoch_end", "seed", "start"]
    )
    parts = [_recipe(estimator, network), data, valid, seed]
    if start:
        parts.append(sorted((name, taken.hashed()) for name, taken in start.items()))
    fit = joblib.hash(parts)
    for attempt in count():
        trained = remembered(fit, attempt, network, data, valid, epoch_end, seed, start)
        if epoch_end.history_:
            return  # trained just now
        if epoch_end.replay(trained.history, trained.stopped):
            break
    epoch_end.best_epoch = trained.best_epoch
    # A callback that ends it today, in the last whole epoch, leaves nothing to warn of.
    if trained.warning is not None and not trained.stopped:
        epoch_end.warn(trained.warning)
    net.callbacks = None  # else trimming empties the list in the user's net_params
    with generator_given_back():
        net.initialize()
    network.set_weights(trained.weights)
    net.trim_for_prediction()
    fill_history(net, epoch_end.history_, net.classifies)


def _recipe(estimator: Any, network: FittedNetwork) -> dict[str, Any]:
    """Collect all that decides, next to data and seed, what training leads to."""
    params = estimator.get_params(deep=False)
    if callbacks_in(estimator.net_params):
        params["net_params"] = estimator.net_params | {
            "callbacks": described(estimator.net_params)
        }
    return {
        "version": __version__,
        "params": {n: v for n, v in params.items() if n not in NOT_IN_RECIPE},
        "network": network.trained_on.state(),
        "encoder": network.reader.fingerprint,
        "vectors": network.net.module__embedding.numpy(),
        "classes": getattr(estimator, "classes_", None),
        "value_scale": network.net.value_scale,
    }


def _train(
    fit: str,
    attempt: int,
    network: FittedNetwork,
    data: TalkturnData,
    valid: TalkturnData | None,
    epoch_end: EpochEnd,
    seed: int,
    start: Start | None,
) -> Trained:
    """Train a net; `fit` and `attempt` only tell the memory what this is."""
    train(network.net, data, valid, epoch_end, seed, start)
    return Trained(
        network.weights(), epoch_end.history_, epoch_end.best_epoch, epoch_end.warning
    )
