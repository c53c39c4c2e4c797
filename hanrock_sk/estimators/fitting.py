"""From talkturns and labels to a trained network: the steps of `fit`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import validate_data

from hanrock_sk._base.callbacks import EpochTasks
from hanrock_sk.estimators.devices import find_device
from hanrock_sk.estimators.fitted import FittedNetwork, TrainedOn
from hanrock_sk.estimators.memory import train_or_load
from hanrock_sk.estimators.net import (
    Batches,
    MultiTaskNet,
    TalkturnData,
    make_net,
    piece_words,
)
from hanrock_sk.estimators.reading import (
    AuxiliaryTasks,
    Columns,
    Talkturns,
    read_as_in_training,
    read_auxiliary,
    read_talkturns,
    read_tasks,
    read_weights,
)
from hanrock_sk.estimators.schedule import batch_size_for, epochs_for
from hanrock_sk.estimators.seeds import draw_seeds
from hanrock_sk.estimators.splitting import hold_out, without_held_out
from hanrock_sk.estimators.training import EpochEnd, optimizer_params
from hanrock_sk.estimators.word_reader import WordReader, split_embeddings
from hanrock_sk.model.losses import MISSING, MultiTaskLoss
from hanrock_sk.model.records import Sizes
from hanrock_sk.talkturns.labels import read_labels
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


def fit_network(estimator: Any, X: Any, y: Any, X_val: Any, y_val: Any) -> None:
    """Train the network of an estimator and give it its fitted attributes.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        Not fitted.
    X, y, X_val, y_val : object
        What its `fit` was given.
    """
    device = find_device(estimator.device)
    _check_params_together(estimator, X_val, y_val)
    columns = Columns(
        estimator.narrative,
        estimator.text,
        estimator.conversation,
        estimator.speaker,
    )
    has_encoder = split_embeddings(estimator.embeddings)[1] is not None
    talkturns = read_talkturns(
        X,
        columns,
        with_speakers=estimator.speaker_vectors,
        with_said=has_encoder,
    )
    validate_data(estimator, X, skip_check_array=True)
    seed, generator = draw_seeds(estimator.random_state)

    values, present = read_labels(y, len(talkturns))
    if not present.any():
        raise ValueError(
            f"All {len(present)} labels of y are missing; nothing can be learnt."
        )
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
    estimator._learn_labels(values, present, kept)
    reader = WordReader.learn(
        [talkturns.texts[row] for row in order[~held_out]],
        estimator.embeddings,
        estimator.min_count,
        estimator.max_words,
        with_bag=estimator.direct,
    )
    tasks = AuxiliaryTasks([], [])
    if estimator.architecture != "han":
        tasks = read_tasks(talkturns.table, estimator._classifies)
    data = _data(estimator, reader, talkturns, values, present, tasks, "y")
    valid = None
    if X_val is not None:
        seen = read_as_in_training(
            X_val,
            talkturns.column,
            columns,
            talkturns.has_column(estimator.conversation),
            with_speakers=_knows_speakers(estimator, talkturns),
            with_said=has_encoder,
        )
        valid = _validation_data(estimator, reader, seen, y_val, tasks)
    elif held_out.any():
        # The talkturns stay together, as each other's context.
        at_targets = held_out[data.targets]
        valid = replace(data, targets=data.targets[at_targets])
        data = _without(data, held_out, tasks)
        data = replace(data, targets=data.targets[~at_targets])
    if estimator.train_unlabelled:
        data = replace(data, unlabelled=_only_auxiliary(data, held_out))

    n_labels = len(data.targets)
    batch_size = estimator.batch_size or batch_size_for(n_labels)
    n_epochs = estimator.max_epochs or epochs_for(n_labels, batch_size)
    trained_on = _describe(estimator, talkturns, tasks, columns, reader)
    net = _make_net(
        estimator, trained_on, reader, data, n_epochs, batch_size, device, generator
    )
    network = FittedNetwork(net, reader, trained_on)
    history: list[dict[str, Any]] = []
    estimator.history_ = history
    epoch_tasks = EpochTasks(
        estimator, X, y, n_epochs, lambda: _attributes(network, history)
    )
    epoch_end = EpochEnd(
        history,
        epoch_tasks,
        estimator.patience if valid is not None else None,
        estimator.lr_decay if estimator.schedule == "plateau" else 1,
        estimator.verbose,
    )
    train_or_load(estimator, network, data, valid, epoch_end, seed)
    vars(estimator).update(_attributes(network, history))
    estimator.best_epoch_ = epoch_end.best_epoch
    epoch_tasks.end_fit()


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
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val go together: pass both, or neither.")


def _data(
    estimator: Any,
    reader: WordReader,
    talkturns: Talkturns,
    values: np.ndarray,
    present: np.ndarray,
    tasks: AuxiliaryTasks,
    name: str,
) -> TalkturnData:
    """Bring talkturns and everything known about them into positions."""
    order, n_rows = talkturns.conversations.order, len(talkturns)
    classes = getattr(estimator, "classes_", np.empty(0))
    real, indices = read_auxiliary(talkturns.table, tasks, classes, n_rows)
    weights = read_weights(talkturns.table, tasks.names, n_rows)
    return TalkturnData(
        table=reader.token_table(talkturns),
        targets=np.flatnonzero(present[order]),
        primary=estimator._encode_labels(values, present, name)[order],
        values=estimator._scale_auxiliary(real)[:, order].astype(np.float32),
        labels=indices[:, order],
        weights=weights[:, order],
    )


def _without(
    data: TalkturnData, held_out: np.ndarray, tasks: AuxiliaryTasks
) -> TalkturnData:
    """Take held-out labels out of the auxiliary targets of other talkturns."""
    labelled = np.zeros(len(held_out), dtype=bool)
    labelled[data.targets] = True
    known = data.table.first, data.primary, labelled, held_out
    return replace(
        data,
        values=without_held_out(data.values, tasks.valued, *known),
        labels=without_held_out(data.labels, tasks.labelled, *known),
    )


def _knows_speakers(estimator: Any, talkturns: Talkturns) -> bool:
    """Whether the network is to know who speaks: not if each talkturn is alone."""
    return (
        estimator.speaker_vectors
        and talkturns.has_column(estimator.conversation)
        and talkturns.speakers is not None
    )


def _only_auxiliary(data: TalkturnData, held_out: np.ndarray) -> np.ndarray:
    """Return the positions that have auxiliary targets and no label to train on."""
    known = (~np.isnan(data.values)).any(axis=0) | (data.labels != MISSING).any(axis=0)
    known[data.targets] = False
    return np.flatnonzero(known & ~held_out)


def _validation_data(
    estimator: Any,
    reader: WordReader,
    talkturns: Talkturns,
    y_val: Any,
    tasks: AuxiliaryTasks,
) -> TalkturnData:
    values, present = read_labels(y_val, len(talkturns), name="y_val")
    if not present.any():
        raise ValueError(f"All {len(present)} labels of y_val are missing.")
    return _data(estimator, reader, talkturns, values, present, tasks, "y_val")


def _describe(
    estimator: Any,
    talkturns: Talkturns,
    tasks: AuxiliaryTasks,
    columns: Columns,
    reader: WordReader,
) -> TrainedOn:
    n_outputs = estimator._n_outputs()
    in_conversations = talkturns.has_column(estimator.conversation)
    return TrainedOn(
        architecture=estimator.architecture,
        sizes=Sizes(
            primary=n_outputs,
            auxiliary=(0,) * len(tasks.valued) + (n_outputs,) * len(tasks.labelled),
            word_gru=estimator.word_gru,
            pri_gru=estimator.pri_gru,
            aux_gru=estimator.aux_gru,
            attention_units=estimator.attention_units,
            gru_dropout=estimator.gru_dropout,
            recurrent_dropout=estimator.recurrent_dropout,
            fusion=estimator.fusion,
            contextual=0 if reader.encoder is None else reader.encoder.width,
            direct=estimator.direct,
            bag=0 if reader.bag is None else len(reader.bag),
            speakers=_knows_speakers(estimator, talkturns),
            head_dropout=estimator.head_dropout,
        ),
        content_size=estimator.content_size,
        max_words=estimator.max_words,
        column=talkturns.column,
        in_conversations=in_conversations,
        **columns._asdict(),
        valued=tuple(tasks.valued),
        labelled=tuple(tasks.labelled),
    )


def _make_net(
    estimator: Any,
    trained_on: TrainedOn,
    reader: WordReader,
    data: TalkturnData,
    n_epochs: int,
    batch_size: int,
    device: str,
    generator: np.random.Generator,
) -> MultiTaskNet:
    """Make the skorch net, with everything that training needs."""
    vectors = reader.vectors.start(
        reader.vocabulary, estimator.embedding_dim, generator
    )
    criterion = estimator._criterion_params(data.primary[data.targets])
    n_labels = len(data.targets)
    total_steps = None
    if estimator.schedule == "one_cycle":
        total_steps = n_epochs * math.ceil(n_labels / batch_size)
    params: dict[str, Any] = {
        "criterion": MultiTaskLoss,
        **{f"criterion__{name}": value for name, value in criterion.items()},
        **optimizer_params(estimator.optimizer, estimator.l2, estimator.lr, device),
        "lr": estimator.lr,
        "l2": 0.0 if estimator.optimizer == "adamw" else estimator.l2,
        "clip_norm": estimator.clip_norm,
        "n_labels": n_labels,
        "total_steps": total_steps,
        "average": estimator.weight_average,
        "max_epochs": n_epochs,
        "batch_size": batch_size,
        "iterator_train": Batches,
        "iterator_train__content_size": estimator.content_size,
        "iterator_train__run_length": estimator.run_length,
        "iterator_train__generator": generator,
        "iterator_valid": Batches,
        "iterator_valid__content_size": estimator.content_size,
        "iterator_valid__piece_words": piece_words(device),
        "tasks": trained_on.tasks,
        "value_scale": estimator._value_scale(),
        "verbose": 0,
        **(estimator.net_params or {}),
    }
    return make_net(
        architecture=trained_on.architecture,
        sizes=trained_on.sizes,
        embedding=torch.from_numpy(vectors),
        freeze_embedding=estimator.freeze_embeddings,
        device=device,
        **params,
    )
