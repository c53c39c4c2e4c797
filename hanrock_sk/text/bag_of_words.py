"""Bags of words: the words and pairs of neighbouring words of a talkturn, weighted.

TF-IDF as scikit-learn computes it with ``sublinear_tf=True, ngram_range=(1, 2)``, on
the words of our tokenizer.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

FEW_TALKTURNS = 2000
"""Up to so many, a feature that a single talkturn has is kept."""

MOST_FEATURES = 30_000

BEFORE = 0.25
"""What the features of a talkturn before count, beside the talkturn's own: chosen on
folds of three corpora, with 200 and 1,000 labels."""


class BagOfWords:
    """Words and pairs of words with their inverse document frequency.

    Parameters
    ----------
    features : sequence of str
        Words, and pairs of words with a space between them.
    idf : array-like of float, shape (n_features,)
        Inverse document frequency of each.
    generations : sequence of int, default=()
        Where the features begin that were added later; see `extended`.
    before : float, default=0.25
        What the features of a talkturn before count, beside the talkturn's own.

    Examples
    --------
    >>> from hanrock_sk.text.bag_of_words import BagOfWords
    >>> bag = BagOfWords.learn([["oh", "no"], ["oh", "yes"]])
    >>> bag.features
    ('oh', 'no', 'oh no', 'oh yes', 'yes')
    >>> ids, offsets, weights = bag.encode([["oh"], ["hm"]])
    >>> ids.tolist(), offsets.tolist(), weights.tolist()
    ([0], [0, 1, 1], [1.0])
    """

    def __init__(
        self,
        features: Sequence[str],
        idf: Any,
        generations: Sequence[int] = (),
        before: float = BEFORE,
    ) -> None:
        self.before = before
        self.features = tuple(features)
        self.generations = tuple(generations)
        self.idf = np.asarray(idf, dtype=np.float32)
        self._ids = {feature: number for number, feature in enumerate(self.features)}

    @classmethod
    def learn(cls, talkturns: Iterable[Sequence[str]]) -> BagOfWords:
        """Learn features and frequencies.

        Parameters
        ----------
        talkturns : iterable of sequence of str
            The words of the talkturns trained on.
        """
        counts: Counter[str] = Counter()
        n_talkturns = 0
        for words in talkturns:
            counts.update(set(_features(words)))
            n_talkturns += 1
        least = 1 if n_talkturns <= FEW_TALKTURNS else 2
        # Ties in alphabetical order, so that the order of talkturns does not matter.
        kept = sorted(
            (-count, feature) for feature, count in counts.items() if count >= least
        )[:MOST_FEATURES]
        frequency = np.array([-count for count, _ in kept], dtype=np.float64)
        idf = np.log((1 + n_talkturns) / (1 + frequency)) + 1
        return cls([feature for _, feature in kept], idf)

    def extended(self, other: BagOfWords) -> BagOfWords:
        """Add the features of another bag, behind those of this one.

        Those of this one keep their weights: a talkturn is scaled as if the others were
        not there. The others are scaled by the length of all.

        Parameters
        ----------
        other : BagOfWords
            Of further talkturns.
        """
        room = max(MOST_FEATURES - len(self), 0)
        new = [k for k, f in enumerate(other.features) if f not in self._ids][:room]
        if not new:
            return self
        return BagOfWords(
            [*self.features, *(other.features[k] for k in new)],
            np.concatenate([self.idf, other.idf[new]]),
            [*self.generations, len(self)],
            self.before,
        )

    def encode(
        self, talkturns: Iterable[Sequence[str]]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weigh the features of talkturns.

        Parameters
        ----------
        talkturns : iterable of sequence of str
            Their words.

        Returns
        -------
        ids : ndarray of int32, shape (n_entries,)
            Features that are known, talkturn by talkturn.
        offsets : ndarray of int64, shape (n_talkturns + 1,)
            Where each talkturn's begin.
        weights : ndarray of float32, shape (n_entries,)
            Of length 1 for each talkturn that has any.
        """
        ids, counts, offsets = array("i"), array("i"), array("q", [0])
        find = self._ids.get
        for words in talkturns:
            known = Counter(
                number for number in map(find, _features(words)) if number is not None
            )
            ids.extend(known.keys())
            counts.extend(known.values())
            offsets.append(len(ids))
        features = np.array(ids, dtype=np.int32)
        bounds = np.array(offsets, dtype=np.int64)
        weights = (1 + np.log(np.array(counts, dtype=np.float32))) * self.idf[features]
        rows = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        squares = np.bincount(rows, weights**2, minlength=len(bounds) - 1)
        lengths = np.sqrt(squares)[rows]
        for begin in reversed(self.generations):  # of features that were there before
            old = features < begin
            squares = np.bincount(rows[old], weights[old] ** 2, minlength=len(squares))
            lengths[old] = np.sqrt(squares)[rows[old]]
        return features, bounds, (weights / lengths).astype(np.float32)

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.features)

    def __repr__(self) -> str:
        """Show the size; the features would fill the screen."""
        return f"<BagOfWords of {len(self)} features>"

    def __getstate__(self) -> dict[str, Any]:
        """Keep features and frequencies."""
        state: dict[str, Any] = {
            "features": list(self.features),
            "idf": self.idf,
            "before": self.before,
        }
        if self.generations:
            state["generations"] = list(self.generations)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take them, and number the features again."""
        # Models that were saved before it was kept have another.
        self.__init__(**{"before": 0.5} | state)  # type: ignore[misc]


def _features(words: Sequence[str]) -> list[str]:
    """Return the words, and the pairs of neighbours."""
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]
