"""From talkturns and labels to a trained network: the steps of `fit`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from hanrock_sk._base.callbacks import EpochTasks
from hanrock_sk.estimators.auxiliary_reading import AuxiliaryTasks, read_weights
from hanrock_sk.estimators.beginnings import beginning_of
from hanrock_sk.estimators.calibrating import calibrate
from hanrock_sk.estimators.devices import find_device
from hanrock_sk.estimators.doubtful_training import (
    contents_of,
    warn_of_doubtful_training,
)
from hanrock_sk.estimators.epoch_end import EpochEnd
from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.gradient_mode import gradient_mode_given_back
from hanrock_sk.estimators.memory import train_or_load
from hanrock_sk.estimators.new_net import describe_training, new_net
from hanrock_sk.estimators.reading import Columns, read_as_in_training
from hanrock_sk.estimators.second_network import second_network
from hanrock_sk.estimators.seeds import draw_seeds
from hanrock_sk.estimators.side_by_side import settle_threads, train_both
from hanrock_sk.estimators.skorch_callbacks import (
    check_callbacks,
    sets_learning_rate,
)
from hanrock_sk.estimators.splitting import hold_out
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.training import shares_no_generator
from hanrock_sk.estimators.training_data import (
    knows_speakers,
    label_counts,
    only_auxiliary,
    training_data,
    validation_data,
    without_labels,
)
from hanrock_sk.estimators.word_reader import split_embeddings
from hanrock_sk.model.task_weighting import make_weighting
from hanrock_sk.talkturns.missing_labels import refuse_numbered_labels
from hanrock_sk.talkturns.sample_weight import read_weighted_labels
from hanrock_sk.talkturns.table import check_roles

NAMED_HERE = {
    "batch_size",
    "criterion",
    "device",
    "lr",
    "max_epochs",
    "module",
    "optimizer",
    "train_split",
    "verbose",
}
"""Parameters of a skorch net that are the estimator's own or follow from them."""


@gradient_mode_given_back()
def fit_network(
    estimator: Any,
    X: Any,
    y: Any,
    X_val: Any,
    y_val: Any,
    sample_weight: Any,
    before: dict[str, Any],
) -> None:
    """Train the network of an estimator and give it its fitted attributes.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        Not fitted.
    X, y, X_val, y_val, sample_weight : object
        What its `fit` was given.
    before : dict
        The attributes that an earlier fit gave it.
    """
    settle_threads()  # before anything is computed
    device = find_device(estimator.device)
    _check_params_together(estimator, X_val, y_val)
    columns = Columns(
        estimator.narrative,
        estimator.text,
        estimator.conversation,
        estimator.speaker,
    )
    beginning = beginning_of(estimator, before)
    talkturns = beginning.read(estimator, X, columns)
    validate_data(estimator, X, skip_check_array=True)
    seed, generator = draw_seeds(estimator.random_state)

    values, present, factors = _read_labels(y, len(talkturns), sample_weight)
    warn_of_doubtful_training(talkturns, columns, values, present, X_val)
    order = talkturns.conversations.order
    held_out = np.zeros(len(order), dtype=bool)
    if X_val is None:
        held_out = hold_out(
            talkturns.conversations,
            present[order],
            estimator.validation_fraction,
            generator,
        )
    kept = present.copy()
    kept[order[held_out]] = False
    tasks = beginning.tasks(estimator, talkturns)
    weights = read_weights(talkturns.table, tasks.names, len(talkturns))
    if factors is not None:
        weights = weights * factors.astype(np.float32)
    counts = label_counts(weights, present)
    if beginning.keeps_labels:
        estimator._keep_labels(before, values, present)
    else:
        estimator._learn_labels(values, present, kept, counts, talkturns.table)
    reader = beginning.reader(
        estimator,
        [talkturns.texts[row] for row in order[~held_out]],
        [talkturns.texts[row] for row in order if kept[row]],
    )
    reader.features = beginning.features(estimator, talkturns, order[~held_out])
    data = training_data(
        estimator, reader, talkturns, values, present, tasks, weights, "y"
    )
    valid = None
    if X_val is not None:
        seen = read_as_in_training(
            X_val,
            talkturns.column,
            columns,
            talkturns.has_column(estimator.conversation),
            with_speakers=knows_speakers(estimator, talkturns),
            with_said=reader.encoder is not None,
        )
        valid = validation_data(estimator, reader, seen, y_val, tasks)
    elif held_out.any():
        data, valid = _split_targets(data, held_out, tasks)
    if estimator.train_unlabelled:
        unlabelled = only_auxiliary(data, held_out, tasks.valued)
        data = replace(data, unlabelled=unlabelled)

    check_callbacks(estimator.net_params, valid is not None)
    trained_on = beginning.described(
        describe_training(estimator, talkturns, tasks, columns, reader, data)
    )
    net = new_net(estimator, trained_on, reader, data, device, generator)
    start = beginning.start(trained_on, reader, net.module__embedding.shape[1])
    net.estimator = estimator
    network = FittedNetwork(net, reader, trained_on)
    network.contents = contents_of(talkturns.table, columns)
    history: list[dict[str, Any]] = []
    estimator.history_ = history
    epoch_tasks = EpochTasks(
        estimator, X, y, net.max_epochs, lambda: _attributes(network, history)
    )
    epoch_end = _make_epoch_end(
        estimator, history, epoch_tasks, validates=valid is not None
    )
    train = partial(
        train_or_load, estimator, network, data, valid, epoch_end, seed, start
    )
    second = None
    if estimator.calibrate and valid is None:
        second = second_network(
            estimator, network, data, talkturns.conversations, seed, start
        )
        train_both(train, second.train, together=shares_no_generator(net))
    else:
        train()
    factor = beginning.factor
    if estimator.calibrate:
        factor = calibrate(estimator, network, valid, second)
    estimator._keep_calibration(factor)
    vars(estimator).update(_attributes(network, history))
    estimator.best_epoch_ = epoch_end.best_epoch
    epoch_tasks.end_fit()


def _read_labels(
    y: Any, n_rows: int, sample_weight: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Read the labels, which are there, and their weights; refuse to learn nothing."""
    refuse_numbered_labels()
    values, present, factors = read_weighted_labels(y, n_rows, sample_weight)
    if not present.any():
        weightless = "" if sample_weight is None else " or have weight zero"
        raise ValueError(
            f"All {len(present)} labels of y are missing{weightless}; nothing can be "
            "learnt."
        )
    return values, present, factors


def _split_targets(
    data: TalkturnData, held_out: np.ndarray, tasks: AuxiliaryTasks
) -> tuple[TalkturnData, TalkturnData]:
    """Split targets to train on from those held out.

    The talkturns stay together, as each other's context.
    """
    at_targets = held_out[data.targets]
    valid = replace(data, targets=data.targets[at_targets])
    data = without_labels(data, held_out, tasks)
    return replace(data, targets=data.targets[~at_targets]), valid


def _make_epoch_end(
    estimator: Any,
    history: list[dict[str, Any]],
    epoch_tasks: EpochTasks,
    *,
    validates: bool,
) -> EpochEnd:
    """Decide when training ends, and whether its learning rate decays."""
    decays = estimator.schedule == "plateau" and not sets_learning_rate(
        estimator.net_params
    )
    return EpochEnd(
        history,
        epoch_tasks,
        estimator.patience if validates else None,
        estimator.lr_decay if decays else 1,
        estimator.verbose,
    )


def _attributes(
    network: FittedNetwork, history: list[dict[str, Any]]
) -> dict[str, Any]:
    """Collect the attributes of an estimator as fitted until now."""
    return {"network_": network, "history_": history, "n_iter_": len(history)}


def _check_params_together(estimator: Any, X_val: Any, y_val: Any) -> None:
    check_roles(conversation=estimator.conversation, narrative=estimator.narrative)
    check_roles(conversation=estimator.conversation, text=estimator.text)
    static, encoder = split_embeddings(estimator.embeddings)
    if estimator.embedding_dim == 0 and static is None and encoder is None:
        raise ValueError(
            "embedding_dim=0 leaves no word vectors: pass embeddings, or learn some."
        )
    if estimator.freeze_embeddings and static is None:
        raise ValueError(
            "freeze_embeddings=True needs word vectors to freeze: pass embeddings."
        )
    taken = sorted(NAMED_HERE & set(estimator.net_params or {}))
    if taken:
        raise ValueError(
            f"net_params holds {taken}, which the estimator sets itself: use its "
            "own parameters."
        )
    make_weighting(estimator.task_weighting)  # what it needs may not be installed
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val go together: pass both, or neither.")
