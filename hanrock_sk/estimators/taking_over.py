"""``init_from=``: a fit that takes over what reads conversations from another model.

Word vectors of common words, the primary branch, and of the auxiliary branch and the
fusion what belongs to tasks that both have. Heads, of whatever classes, are new, and so
is the direct way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.start import Start, TakenOver
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.estimators.word_reader import WordReader

EMBEDDING = "inputs.embedding"

ENCODERS = ("fusion.", "auxiliary.word_encoder.")
"""Names of the weights, beside the primary branch, that read for all tasks."""

TASK_ENCODERS = "auxiliary.talkturn_encoder."
"""Names of the weights that stand side by side for the auxiliary tasks."""

SAME_FOR_ALL_TASKS = ("speakers",)

TASKS_FIRST = ("attention.bias", "attention.query")
"""Weights whose first axis has the tasks; of the others the second has."""


def fitted_network(model: Any) -> FittedNetwork:
    """Find the network of what a user passes as ``init_from``.

    Raises
    ------
    TypeError
        If it is no model of this package.
    ValueError
        If it is not fitted.
    """
    found = model
    while hasattr(found, "steps") or hasattr(found, "estimator"):
        # A Pipeline's last step; what a search has found, or what is frozen.
        found = (
            found.steps[-1][1]
            if hasattr(found, "steps")
            else getattr(found, "best_estimator_", None) or found.estimator
        )
    network = getattr(found, "network_", None)
    if isinstance(network, FittedNetwork):
        return network
    if not hasattr(found, "_encode_labels"):
        raise TypeError(
            "init_from takes a fitted HANRockClassifier or HANRockRegressor, or a "
            f"Pipeline that ends in one, got {model!r}. One in a file is loaded first: "
            "init_from=load_model(path), of hanrock_sk.saving."
        )
    raise ValueError(
        f"init_from is not fitted: {type(found).__name__}. If it was, it lost what it "
        "had learnt when it was cloned, as a value in a grid is: pass "
        "sklearn.frozen.FrozenEstimator(model), which stays as it is."
    )


def encoder_weights(
    network: FittedNetwork, trained_on: TrainedOn, reader: WordReader, width: int
) -> Start:
    """Take over what reads conversations, as far as the two networks agree.

    Parameters
    ----------
    network : FittedNetwork
        The network to take from.
    trained_on : TrainedOn
        What the new one is.
    reader : WordReader
        The words of the new one.
    width : int
        Width of its table of word vectors.

    Raises
    ------
    ValueError
        If encoders have other sizes; the message names the parameters.
    """
    _check_sizes(network, trained_on, reader, width)
    weights = network.weights()
    old, new = network.trained_on, trained_on
    start: Start = {}
    if width:
        number = {w: row for row, w in enumerate(network.reader.vocabulary.words)}
        words = reader.vocabulary.words
        common = [row for row, word in enumerate(words) if word in number]
        start[EMBEDDING] = TakenOver(
            weights[EMBEDDING][[number[words[row]] for row in common]],
            0,
            np.array(common, dtype=np.int64),
        )
    both_know_speakers = old.sizes.speakers and new.sizes.speakers
    fuses = old.architecture == new.architecture == "rock"
    tasks = [name for name in _tasks(new) if name in _tasks(old)]
    here = np.array([_tasks(new).index(name) for name in tasks], dtype=np.int64)
    there = [_tasks(old).index(name) for name in tasks]
    for name, values in weights.items():
        if name.endswith("speakers") and not both_know_speakers:
            continue
        if name in ("inputs.mean", "inputs.spread") or name.startswith("primary."):
            start[name] = TakenOver(values)
        elif not (fuses and tasks):
            continue
        elif name.startswith(ENCODERS):
            start[name] = TakenOver(values)
        elif name.startswith(TASK_ENCODERS):
            if name.endswith(SAME_FOR_ALL_TASKS):
                start[name] = TakenOver(values)
            else:
                axis = 0 if name.endswith(TASKS_FIRST) else 1
                start[name] = TakenOver(values.take(there, axis), axis, here)
    return start


def _tasks(trained_on: TrainedOn) -> tuple[str, ...]:
    return (*trained_on.valued, *trained_on.labelled)


def _check_sizes(
    network: FittedNetwork, new: TrainedOn, reader: WordReader, width: int
) -> None:
    old = network.trained_on
    names = ["word_gru", "pri_gru", "attention_units"]
    if old.architecture == new.architecture == "rock" and old.sizes.auxiliary:
        names += ["aux_gru", "fusion"] if new.sizes.auxiliary else []
    other = {
        name: (getattr(old.sizes, name), getattr(new.sizes, name))
        for name in names
        if getattr(old.sizes, name) != getattr(new.sizes, name)
    }
    old_width = network.weights()[EMBEDDING].shape[1]
    if old_width != width:
        other["embedding_dim"] = (old_width, width)
    if network.reader.fingerprint != reader.fingerprint:
        other["embeddings"] = (network.reader.encoder, reader.encoder)
    if other:
        told = "; ".join(f"{n}: {a!r} there, {b!r} here" for n, (a, b) in other.items())
        raise ValueError(
            "The encoders of init_from do not fit into this network, whose sizes are "
            f"others ({told}). Set the same parameters."
        )
