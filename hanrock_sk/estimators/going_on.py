"""``warm_start=True``: a fit that goes on with the network of the fit before.

All it had learnt stays. Words that it did not know are added, in such a way that it
predicts, before the first training step, what it predicted before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.start import Start, TakenOver
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.estimators.word_reader import WordReader, split_embeddings
from hanrock_sk.text.vocabulary import UNKNOWN

EMBEDDING = "inputs.embedding"
BAG = "direct.bag"

SIZES = ("word_gru", "pri_gru", "aux_gru", "attention_units", "fusion", "direct")
"""Sizes of a network that are parameters of the same name."""


def check_goes_on(estimator: Any, network: FittedNetwork) -> None:
    """Check that a network can be trained on with the parameters of today.

    Raises
    ------
    ValueError
        If a parameter that decides what the network is was changed; it names them.
    """
    seen = network.trained_on
    static, encoder = split_embeddings(estimator.embeddings)
    before: dict[str, Any] = {n: getattr(seen.sizes, n) for n in SIZES}
    before |= {n: getattr(seen, n) for n in ("architecture", "content_size")}
    before |= {"max_words": seen.max_words, **seen.columns._asdict()}
    if static is None:
        before["embedding_dim"] = network.weights()[EMBEDDING].shape[1]
    changed = [name for name, old in before.items() if getattr(estimator, name) != old]
    if seen.sizes.speakers and not estimator.speaker_vectors:
        changed.append("speaker_vectors")
    if (static is None) != (network.reader.vectors.source is None) or (
        None if encoder is None else encoder.fingerprint()
    ) != network.reader.fingerprint:
        changed.append("embeddings")
    known = network.reader.features
    if set(estimator.features or ()) != set(known.names if known else ()):
        changed.append("features")
    if changed:
        raise ValueError(
            "warm_start=True goes on with the network of the fit before, which was "
            f"made with other {sorted(changed)}: set them back, or train anew with "
            "warm_start=False."
        )


def check_tasks(seen: TrainedOn, names: Sequence[str]) -> None:
    """Refuse auxiliary tasks that the network to go on with does not have.

    Raises
    ------
    ValueError
        If there are some; a task without a column has no targets and does no harm.
    """
    known = (*seen.valued, *seen.labelled)
    new = [name for name in names if name not in known]
    if new and seen.architecture != "han":
        raise ValueError(
            f"The table has the auxiliary targets {new}, which the model that "
            f"warm_start=True goes on with was not trained on; it has {list(known)}. "
            "Drop the columns, or train anew with warm_start=False."
        )


def extended_reader(
    reader: WordReader, texts: Sequence[str], labelled: Sequence[str], min_count: int
) -> WordReader:
    """Add the words of further talkturns to those of a reader, behind the others."""
    further = WordReader.learn(
        texts,
        [each for each in (reader.vectors.source, reader.encoder) if each is not None],
        min_count,
        reader.max_words,
        labelled if reader.bag is not None else None,
    )
    bag = reader.bag
    if bag is not None and further.bag is not None:
        bag = bag.extended(further.bag)
    return WordReader(
        reader.vocabulary.extended(further.vocabulary.words),
        reader.vectors,
        reader.max_words,
        reader.encoder,
        bag,
        reader.fingerprint,
    )


def all_weights(network: FittedNetwork, reader: WordReader) -> Start:
    """Take all weights over, of a network that is to read with an extended reader.

    A new word begins as the network read it before: with its given vector, or else as
    an unknown word. A new feature of the direct way begins with no say.
    """
    weights = network.weights()
    table = weights[EMBEDDING]
    new = reader.vocabulary.words[len(table) :]
    rows = np.repeat(table[UNKNOWN : UNKNOWN + 1], len(new), axis=0)
    if new and reader.vectors.source is not None:
        given, known = reader.vectors.look_up(new)
        if known.any():
            rows[known] = given[known]
    weights[EMBEDDING] = np.concatenate([table, rows])
    if reader.bag is not None:
        # Two halves: of the talkturn's own bag, and of those before it.
        halves = np.split(weights[BAG], 2)
        n_new = len(reader.bag) - len(halves[0])
        none = np.zeros((n_new, halves[0].shape[1]), dtype=np.float32)
        weights[BAG] = np.concatenate([halves[0], none, halves[1], none])
    return {name: TakenOver(values) for name, values in weights.items()}
