"""The net of a fit: what is to be trained, and everything that training needs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from hanrock_sk.estimators.auxiliary_reading import AuxiliaryTasks
from hanrock_sk.estimators.net import MultiTaskNet, make_net
from hanrock_sk.estimators.reading import Columns, Talkturns
from hanrock_sk.estimators.schedule import batch_size_for, epochs_for
from hanrock_sk.estimators.skorch_callbacks import prints, sets_learning_rate
from hanrock_sk.estimators.talkturn_data import Batches, TalkturnData, piece_words
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.estimators.training import optimizer_params
from hanrock_sk.estimators.training_data import knows_speakers
from hanrock_sk.estimators.word_reader import WordReader
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.records import Sizes
from hanrock_sk.talkturns.auxiliary_names import is_of_labels


def describe_training(
    estimator: Any,
    talkturns: Talkturns,
    tasks: AuxiliaryTasks,
    columns: Columns,
    reader: WordReader,
    data: TalkturnData,
) -> TrainedOn:
    """Describe what the network is trained on: sizes, columns and tasks."""
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
            speakers=knows_speakers(estimator, talkturns),
            head_dropout=estimator.head_dropout,
            measured=measured_tasks(estimator, tasks, data),
            features=0 if reader.features is None else reader.features.width,
        ),
        content_size=estimator.content_size,
        max_words=estimator.max_words,
        column=talkturns.column,
        in_conversations=in_conversations,
        **columns._asdict(),
        valued=tuple(tasks.valued),
        labelled=tuple(tasks.labelled),
    )


def measured_tasks(
    estimator: Any, tasks: AuxiliaryTasks, data: TalkturnData
) -> tuple[int, ...]:
    """Return the real-valued tasks whose predictions the primary head may read.

    Of talkturns that the auxiliary branch is trained on, its predictions are better
    than of others, and the head would rely on them. So there have to be as many
    talkturns that teach the branch without a label as there are labels.
    """
    if not estimator.direct_measured or estimator.architecture != "rock":
        return ()
    measured = [row for row, name in enumerate(tasks.valued) if not is_of_labels(name)]
    known = ~np.isnan(data.values[measured][:, data.unlabelled])
    if known.any(axis=0).sum() < len(data.targets):
        return ()
    return tuple(measured)


def new_net(
    estimator: Any,
    trained_on: TrainedOn,
    reader: WordReader,
    data: TalkturnData,
    device: str,
    generator: np.random.Generator,
) -> MultiTaskNet:
    """Make the skorch net, with everything that training needs."""
    vectors = reader.vectors.start(
        reader.vocabulary, estimator.embedding_dim, generator
    )
    criterion = estimator._criterion_params(data)
    n_labels = len(data.targets)
    batch_size = estimator.batch_size or batch_size_for(n_labels)
    n_epochs = estimator.max_epochs or epochs_for(n_labels, batch_size)
    total_steps = None
    if estimator.schedule == "one_cycle" and not sets_learning_rate(
        estimator.net_params
    ):
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
        "task_weighting": estimator.task_weighting,
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
        "verbose": int(prints(estimator.net_params)),
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
