"""Corpora for experiments: a table, labels, and three parts without common speakers.

AMI and MELD are carved from their published training lists: the published development
and test lists are never read; ESConv from the conversations named dev. In MELD the same
six friends speak in all parts, so that it is divided by dialogue. IEMOCAP and SEMAINE
are divided as in the paper. To see the parts of a corpus::

    python examples/carved_corpora.py synthetic
    python examples/carved_corpora.py ami AMI
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from hanrock_sk.datasets import (
    iemocap_partition,
    load_ami,
    load_iemocap,
    load_meld,
    load_semaine,
    make_conversations,
    semaine_partition,
)

PARTS = ("train", "dev", "test")
TIMINGS = ["delay", "speech_rate", "duration", "overlap"]


@dataclass
class Corpus:
    """What an experiment needs to know of a corpus."""

    target: str
    X: pd.DataFrame
    y: np.ndarray
    train: np.ndarray
    dev: np.ndarray
    test: np.ndarray
    prosody: list[str] | None = None  # None: the paper's four tones of voice
    timed: bool = False  # whether Timings has to make delay, speech rate, ...

    @property
    def classifies(self):
        """Whether labels are classes."""
        return self.y.dtype == object

    @property
    def class_counts(self):
        """How many talkturns of all parts have each label; None for real values."""
        rows = np.concatenate([self.train, self.dev, self.test])
        counts = Counter(label for label in self.y[rows].tolist() if label is not None)
        return dict(sorted(counts.items())) if self.classifies else None

    @property
    def classes(self):
        """The classes, sorted."""
        return np.array(list(self.class_counts))

    def part(self, name):
        """Return table and labels of a part."""
        rows = getattr(self, name)
        return self.X.iloc[rows], self.y[rows]


def synthetic(path, target, keep):
    """Make up conversations; each is held by speakers of its own."""
    target = target or "classification"
    X, y = make_conversations(keep or 60, task=target, label_noise=0.2, random_state=0)
    return Corpus(target, X, y, *carve(X["conversation"]))


def ami(path, target, keep):
    """AMI's training meetings, by group of four people; vocal sounds as prosody."""
    target = target or "dialogue_act"
    X, y = subsample(*load_ami(path, target, subset="train"), keep)
    X = X.assign(vocal_sounds=X["text"].str.count("{vocalsound}").astype(float))
    prosody = [*TIMINGS, "vocal_sounds"]
    return Corpus(target, X, y, *carve(X["group"]), prosody, timed=True)


def meld(path, target, keep):
    """MELD's training dialogues; the same six friends are in all parts."""
    target = target or "emotion"
    X, y = subsample(*load_meld(path, target, subset="train"), keep)
    return Corpus(target, X, y, *carve(X["conversation"]), TIMINGS, timed=True)


def esconv(path, target, keep):
    """ESConv's conversations named dev..., which have neither times nor voice."""
    target = target or "strategy"
    table = pd.read_csv(
        Path(path, "esconv.tsv.gz"), sep="\t", keep_default_na=False, dtype=str
    )
    table = table[table["conversation"].str.startswith("dev")].reset_index(drop=True)
    y = table.pop("strategy").to_numpy(dtype=object)
    y[y == ""] = None
    X, y = subsample(table[["conversation", "speaker", "text"]], y, keep)
    return Corpus(target, X, y, *carve(X["conversation"]), prosody=[])


def iemocap(path, target, keep):
    """IEMOCAP in the paper's partition, by session."""
    target = target or "emotion"
    X, y = subsample(*load_iemocap(path, target), keep)
    parts = iemocap_partition(X)
    rows = parts.train, parts.dev, parts.test
    return Corpus(target, X, y, *rows, TIMINGS, timed=True)


def semaine(path, target, keep):
    """SEMAINE in the paper's partition, by recording."""
    target = target or "valence"
    X, y = subsample(*load_semaine(path, target), keep)
    parts = semaine_partition(X)
    rows = parts.train, parts.dev, parts.test
    return Corpus(target, X, y, *rows, TIMINGS, timed=True)


CORPORA = {
    load.__name__: load for load in (synthetic, ami, meld, esconv, iemocap, semaine)
}


def subsample(X, y, keep):
    """Keep so many conversations, drawn at random; None keeps all."""
    if keep is None:
        return X, y
    drawn = np.random.default_rng(0).permutation(X["conversation"].unique())[:keep]
    rows = X["conversation"].isin(drawn).to_numpy()
    return X[rows].reset_index(drop=True), y[rows]


def carve(groups):
    """Divide rows by group: 60 percent of the groups to train, 20 and 20 percent."""
    if groups.nunique() < 5:
        raise SystemExit(
            "Three parts without a common speaker take at least 5 groups of speakers; "
            f"there are {groups.nunique()}. Keep more conversations."
        )
    rows = np.arange(len(groups))
    split = GroupShuffleSplit(1, test_size=0.2, random_state=0)
    rest, test = next(split.split(rows, groups=groups))
    split = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    train, dev = next(split.split(rest, groups=groups.iloc[rest]))
    return rest[train], rest[dev], test


if __name__ == "__main__":
    name, path, *_ = [*sys.argv[1:], "synthetic", None]
    corpus = CORPORA[name](path, None, None)
    for part in PARTS:
        X, y = corpus.part(part)
        n_labels = len(y) - int(pd.isna(y).sum())
        print(f"{part}: {len(X)} talkturns, {n_labels} with a label")
