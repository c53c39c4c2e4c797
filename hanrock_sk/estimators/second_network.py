"""A second network, whose answers to held-out labels tell how sure the first may be.

It is the primary branch alone, on labelled talkturns of two thirds of the labelled
conversations: how sure few labels make it hardly depends on the rest, which takes most
of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import numpy as np

from hanrock_sk._base.callbacks import NoTasks
from hanrock_sk.estimators.epoch_end import EpochEnd
from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.going_on import BAG
from hanrock_sk.estimators.memory import train_or_load
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.new_net import new_net
from hanrock_sk.estimators.splitting import hold_out
from hanrock_sk.estimators.start import Start
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.talkturns.conversations import Conversations

HELD_OUT = 1 / 3
"""Share of the labelled talkturns that tells the factor, in conversations."""

AUXILIARY = ("auxiliary.", "auxiliary_heads.", "fusion.", "measured.")
"""Names of the weights that the primary branch alone does not have."""


class GivenUp(Exception):
    """Ends a training that nobody waits for any more."""


class SilentEnd(EpochEnd):
    """Tells nobody of its epochs: scikit-learn's callbacks are about the first network.

    Parameters
    ----------
    given_up : Event
        Ends the training, after the step.
    """

    def __init__(self, given_up: Event) -> None:
        super().__init__([], NoTasks(), None, 1, verbose=0)
        self.given_up = given_up

    def warn(self, message: str) -> None:
        """Keep it; the first network says what there is to say."""
        self.warning = message

    def on_batch_end(self, net: MultiTaskNet, **kwargs: Any) -> None:  # noqa: D102
        if self.given_up.is_set():
            raise GivenUp


@dataclass
class SecondNetwork:
    """A network to be trained without a third of the labelled conversations.

    Attributes
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        In fit.
    network : FittedNetwork
        Not trained, until it is.
    data, valid : TalkturnData
        What it is trained on, and the labels held out.
    seed : int
        Of the fit.
    start : Start
        The weights to begin with, where some are taken over.
    problem : str or None
        Why it could not be trained.
    """

    estimator: Any
    network: FittedNetwork
    data: TalkturnData
    valid: TalkturnData
    seed: int
    start: Start
    problem: str | None = None

    def train(self, given_up: Event) -> None:
        """Train it, or say what the problem was; there may be nothing to hold out.

        Parameters
        ----------
        given_up : Event
            Ends the training.

        Raises
        ------
        GivenUp
            If it did.
        """
        if not len(self.valid):
            return
        if self.estimator.verbose:
            n_labels = len(self.data)
            print(f"calibration: a second network, on {n_labels} of the labels")
        try:
            train_or_load(
                self.estimator, self.network, self.data, None, SilentEnd(given_up),
                self.seed, self.start,
            )  # fmt: skip
        except FloatingPointError as problem:
            self.problem = str(problem)

    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """Return its answers to the held-out labels, and where they are."""
        if self.problem is not None or not len(self.valid):
            n_outputs = self.network.trained_on.sizes.primary
            return np.empty((0, n_outputs), np.float32), np.empty(0, np.int64)
        return self.network.net.predict_labelled(self.valid)


def second_network(
    estimator: Any,
    first: FittedNetwork,
    data: TalkturnData,
    conversations: Conversations,
    seed: int,
    start: Start,
) -> SecondNetwork:
    """Make the second network of a fit.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        In fit.
    first : FittedNetwork
        The first network.
    data : TalkturnData
        What it is trained on.
    conversations : Conversations
        Where the talkturns of `data` are.
    seed : int
        Of the fit.
    start : Start
        The weights that the first one begins with, where it takes some over.

    Returns
    -------
    second : SecondNetwork
        Not trained.
    """
    generator = np.random.default_rng([seed, 1])
    trained_on, data = primary_alone(first.trained_on, data)
    data, valid = hold_out_a_third(data, conversations, generator)
    if BAG not in start:  # where a fit before has taught words of its own
        data, valid = knowing_the_words(data, valid)
    device = first.net.device
    net = new_net(estimator, trained_on, first.reader, data, device, generator)
    net.callbacks = None  # the user's are about the first network
    return SecondNetwork(
        estimator,
        FittedNetwork(net, first.reader, trained_on),
        data,
        valid,
        seed,
        {n: taken for n, taken in start.items() if not n.startswith(AUXILIARY)},
    )


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
