"""What a fit begins with: nothing, the fit before, or another model's encoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hanrock_sk.estimators.auxiliary_reading import AuxiliaryTasks, read_tasks
from hanrock_sk.estimators.calibrating import before_calibration, kept_factor
from hanrock_sk.estimators.feature_columns import FeatureColumns
from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.going_on import (
    all_weights,
    check_goes_on,
    check_tasks,
    extended_reader,
)
from hanrock_sk.estimators.reading import Columns, Talkturns, read_talkturns
from hanrock_sk.estimators.start import Start
from hanrock_sk.estimators.taking_over import encoder_weights, fitted_network
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.estimators.word_reader import WordReader, split_embeddings


class FromNothing:
    """A fit that learns everything itself."""

    keeps_labels = False
    """Whether classes, or location and scale, are those of the fit before."""

    factor = 1.0
    """What calibration has multiplied the answers by that are taken over."""

    def read(self, estimator: Any, X: Any, columns: Columns) -> Talkturns:
        """Read the talkturns to train on."""
        return read_talkturns(
            X,
            columns,
            with_speakers=estimator.speaker_vectors,
            with_said=split_embeddings(estimator.embeddings)[1] is not None,
        )

    def reader(
        self, estimator: Any, texts: Sequence[str], labelled: Sequence[str]
    ) -> WordReader:
        """Learn the words of the talkturns to train on, and of the labelled ones."""
        return WordReader.learn(
            texts,
            estimator.embeddings,
            estimator.min_count,
            estimator.max_words,
            labelled if estimator.direct else None,
        )

    def tasks(self, estimator: Any, talkturns: Talkturns) -> AuxiliaryTasks:
        """Read the auxiliary tasks from the columns there are."""
        if estimator.architecture == "han":
            return AuxiliaryTasks([], [])
        return read_tasks(talkturns.table, estimator._classifies)

    def features(
        self, estimator: Any, talkturns: Talkturns, rows: np.ndarray
    ) -> FeatureColumns | None:
        """Learn what stands in the columns of features."""
        if not estimator.features:
            return None
        taken = set(estimator.features) & {estimator.text, estimator.narrative}
        taken |= set(estimator.features) & {estimator.conversation}
        if taken:
            raise ValueError(
                f"features names {sorted(taken)}, which the network reads otherwise."
            )
        return FeatureColumns.learn(talkturns.table, estimator.features, rows)

    def described(self, trained_on: TrainedOn) -> TrainedOn:
        """Describe what is read."""
        return trained_on

    def start(self, trained_on: TrainedOn, reader: WordReader, width: int) -> Start:
        """Return the weights that are taken over, for word vectors of that width."""
        return {}


class FromFitBefore(FromNothing):
    """A fit that goes on with the network of the fit before.

    Parameters
    ----------
    network : FittedNetwork
        The network.
    factor : float, default=1.0
        What calibration has multiplied its answers by.
    calibrates : bool, default=False
        Whether this fit calibrates them anew.
    """

    keeps_labels = True

    def __init__(
        self, network: FittedNetwork, factor: float = 1.0, calibrates: bool = False
    ) -> None:
        self.network, self.factor, self.calibrates = network, factor, calibrates

    def read(self, estimator: Any, X: Any, columns: Columns) -> Talkturns:
        """Read the talkturns as those of the fit before were read."""
        check_goes_on(estimator, self.network)
        return self.network.read(X)

    def reader(
        self, estimator: Any, texts: Sequence[str], labelled: Sequence[str]
    ) -> WordReader:
        """Add the words of the talkturns to train on to those that are known."""
        return extended_reader(
            self.network.reader, texts, labelled, estimator.min_count
        )

    def tasks(self, estimator: Any, talkturns: Talkturns) -> AuxiliaryTasks:
        """Return the auxiliary tasks of the fit before."""
        seen = self.network.trained_on
        there = read_tasks(talkturns.table, estimator._classifies)
        check_tasks(seen, there.names)
        return AuxiliaryTasks([*seen.valued], [*seen.labelled])

    def features(
        self, estimator: Any, talkturns: Talkturns, rows: np.ndarray
    ) -> FeatureColumns | None:
        """Read the features as the fit before did."""
        return self.network.reader.features

    def described(self, trained_on: TrainedOn) -> TrainedOn:
        """Describe what is read: what the fit before read."""
        seen = self.network.trained_on
        sizes = replace(trained_on.sizes, measured=seen.sizes.measured)
        return replace(
            trained_on,
            sizes=sizes,
            column=seen.column,
            in_conversations=seen.in_conversations,
        )

    def start(self, trained_on: TrainedOn, reader: WordReader, width: int) -> Start:
        """Take over all weights."""
        start = all_weights(self.network, reader)
        if self.calibrates:
            start = before_calibration(start, self.network.net, self.factor)
        return start


class FromModel(FromNothing):
    """A fit that takes over the encoders of another model.

    Parameters
    ----------
    network : FittedNetwork
        Its network.
    """

    def __init__(self, network: FittedNetwork) -> None:
        self.network = network

    def start(self, trained_on: TrainedOn, reader: WordReader, width: int) -> Start:
        """Take over what reads conversations."""
        return encoder_weights(self.network, trained_on, reader, width)


def beginning_of(estimator: Any, before: dict[str, Any]) -> FromNothing:
    """Say what a fit begins with.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        With its parameters.
    before : dict
        The attributes that an earlier fit gave it.
    """
    if estimator.warm_start and "network_" in before:
        network, factor = before["network_"], kept_factor(before)
        return FromFitBefore(network, factor, estimator.calibrate)
    if estimator.init_from is not None:
        return FromModel(fitted_network(estimator.init_from))
    return FromNothing()
