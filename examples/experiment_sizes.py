"""How large an experiment is: networks, search space, talkturns and epochs.

"paper" is Table 6 of the paper on the whole corpus: days on a GPU. "small" is this
package's own search space and network on the whole corpus: days on a CPU; "narrow" is
its space for narrow networks (P + A = 33 where the paper has 257). "narrow-paper" has
the ranges of Table 6 but for what costs time (32 primary units and 1 auxiliary one, 8
talkturns of context at the most), and Adam: with the paper's SGD none of eight trials
of a pilot left chance in six epochs of MELD. "core" is what one CPU core does in an
hour for three tasks: narrow networks too, at most 3,000 talkturns to train on, six
epochs, and learning rates to match. A pilot on the development part (seed 100, which
no trial has) showed where such networks stay at chance in these epochs: with learning
rates below 0.002 or at 0.01, and with an L2 of 0.0004. So the rates lie between, and
there is no L2.

The others train by this package's recipe: a number of steps that follows the number of
labels, one cycle of the learning rate, averaged weights, the direct way, and no epoch
chosen. "recipe" draws Table 6's trials around it, with P + A = 257; "recipe-small" does
so with P + A = 65, frozen word vectors and at most 2,500 talkturns to test on, which is
what two cores do in an hour with 200 labels. Whatever the size is, it is the same in
every setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from carved_corpora import Corpus
from scipy.stats import loguniform, randint, uniform

from hanrock_sk.tuning import search_space
from hanrock_sk.tuning.spaces import SCHEMES


@dataclass(frozen=True)
class ExperimentSize:
    """Size of an experiment.

    Attributes
    ----------
    space : sequence of dict
        What the trials' hyper-parameters are drawn from.
    units : int
        GRU units of a primary and an auxiliary talkturn encoder together (P + A).
    max_epochs : int
        Epochs allowed; None for as many as the recipe takes.
    patience : int or None
        Epochs without a better one after which training ends; None to train them all.
    network : mapping
        Parameters of the estimators that are other than their defaults.
    classifier : mapping
        The same, of a classifier alone.
    talkturns : mapping
        From a part to the talkturns kept of it; parts that are not named are whole.
    chooses_epoch : bool
        Whether the development part chooses the epoch, and not the trial alone.
    """

    space: Sequence[Mapping[str, Any]]
    units: int = 257
    max_epochs: int | None = 30
    patience: int | None = 5
    network: Mapping[str, Any] = field(default_factory=dict)
    classifier: Mapping[str, Any] = field(default_factory=dict)
    talkturns: Mapping[str, int] = field(default_factory=dict)
    chooses_epoch: bool = True


RECIPE = [
    {
        "model__lr": loguniform(0.001, 0.004),
        "model__content_size": randint(2, 17),
        "model__gru_dropout": uniform(0.1, 0.3),
        "model__recurrent_dropout": uniform(0.01, 0.19),
        "weights__scheme": list(SCHEMES),
        "weights__primary_weight": uniform(0.50, 0.49),
    }
]
PLAIN_LABELS = {"label_smoothing": 0.0, "logit_adjustment": 0.0}  # the paper's
NARROW = {"word_gru": 32, "attention_units": 32, "max_words": 40}
SIZES = {
    "paper": ExperimentSize(
        search_space(), max_epochs=350, patience=None, classifier=PLAIN_LABELS
    ),
    "small": ExperimentSize(search_space(size="small")),
    "narrow": ExperimentSize(search_space(size="small"), units=33, network=NARROW),
    "narrow-paper": ExperimentSize(
        [
            {
                **search_space()[0],
                "model__optimizer": ["adam"],
                "model__pri_gru": [32],
                "model__aux_gru": [1],
                "model__content_size": randint(1, 9),
            }
        ],
        units=33,
        network=NARROW,
        classifier=PLAIN_LABELS,
    ),
    "core": ExperimentSize(
        [
            {
                "model__lr": loguniform(0.002, 0.006),
                "model__batch_size": [32],
                "model__content_size": randint(1, 9),
                "model__gru_dropout": uniform(0.05, 0.45),
                "model__recurrent_dropout": uniform(0.01, 0.29),
                "weights__scheme": list(SCHEMES),
                "weights__primary_weight": uniform(0.50, 0.49),
            }
        ],
        units=33,
        max_epochs=6,
        patience=None,
        network=NARROW | {"lr_decay": 1},
        talkturns={"train": 3000, "dev": 3000, "test": 6000},
    ),
    "recipe": ExperimentSize(RECIPE, max_epochs=None, chooses_epoch=False),
    "recipe-small": ExperimentSize(
        RECIPE,
        units=65,
        max_epochs=None,
        network={"freeze_embeddings": True, "max_words": 60},
        talkturns={"dev": 1000, "test": 2500},
        chooses_epoch=False,
    ),
}


def keep_labels(corpus: Corpus, most: int | None) -> None:
    """Blank the labels of the training part beyond so many, in whole conversations.

    The talkturns stay, with what was measured of them.
    """
    if most is None:
        return
    conversations = corpus.X["conversation"].to_numpy()[corpus.train]
    there = ~pd.isna(corpus.y[corpus.train])
    drawn = np.random.default_rng(0).permutation(np.unique(conversations))
    place = np.empty(len(there), dtype=int)
    for number, name in enumerate(drawn):
        place[conversations == name] = number
    order = np.argsort(place, kind="stable")
    kept = order[there[order]][:most]
    corpus.y = corpus.y.copy()
    corpus.y[np.delete(corpus.train, kept)] = None if corpus.classifies else np.nan


def shrink(corpus: Corpus, talkturns: Mapping[str, int]) -> None:
    """Keep whole conversations of a part, drawn at random, up to so many talkturns.

    A part keeps one conversation at least. No conversation moves to another part.
    """
    conversations = corpus.X["conversation"].to_numpy()
    for part, most in talkturns.items():
        rows = getattr(corpus, part)
        names, counts = np.unique(conversations[rows], return_counts=True)
        drawn = np.random.default_rng(0).permutation(len(names))
        fits = np.cumsum(counts[drawn]) <= most
        kept = names[drawn[: max(1, fits.sum())]]
        setattr(corpus, part, rows[np.isin(conversations[rows], kept)])
