"""Rank correlations within talkturns and windows, and what removing words changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.stats import rankdata

from hanrock_sk.estimators.altered_windows import AlteredWindows
from hanrock_sk.estimators.variants import Variants

LEAST_RANKED = 3
"""Words or talkturns between which a rank correlation says something."""

DECIMALS = 9
"""What differs by less is equal but for rounding."""

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
"""The shares of words that ERASER leaves out, or keeps; at least one word."""


def rank_correlation(one: np.ndarray, other: np.ndarray, offsets: np.ndarray) -> float:
    """Average Spearman's rank correlation within segments.

    Parameters
    ----------
    one, other : ndarray of shape (n,)
        What is ranked, of a size near 1; NaN where it is not known.
    offsets : ndarray of int64, shape (n_segments + 1,)
        Where each talkturn's words, or each window's talkturns, begin.

    Returns
    -------
    mean : float
        Over the segments with at least three items that are not all equal; NaN if
        there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.rankings import rank_correlation
    >>> one, other = np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 2, 3, 5, 4])
    >>> round(float(rank_correlation(one, other, np.array([0, 3, 5]))), 3)
    1.0
    """
    correlations = []
    for start, stop in pairwise(offsets.tolist()):
        if stop - start < LEAST_RANKED:
            continue
        a, b = one[start:stop], other[start:stop]
        if not np.isfinite(a).all() or not np.isfinite(b).all():
            continue
        a, b = (rankdata(np.round(each, DECIMALS)) for each in (a, b))
        if a.std() and b.std():
            correlations.append(np.corrcoef(a, b)[0, 1])
    return float(np.mean(correlations)) if correlations else float("nan")


def left_without(
    altered: AlteredWindows,
    targets: np.ndarray,
    orders: Sequence[np.ndarray],
    output: np.ndarray,
    keep: bool,
) -> np.ndarray:
    """Predict without the first words of an order, or with them alone.

    Parameters
    ----------
    altered : AlteredWindows
        The model.
    targets : ndarray of int64, shape (n,)
        Positions of the predicted talkturns.
    orders : sequence of ndarray
        For each, its words as numbers within the talkturn, the most important first.
    output : ndarray of int64, shape (n,)
        The output that is looked at.
    keep : bool
        Whether these words are kept and the others left out.

    Returns
    -------
    outputs : ndarray of float64, shape (len(SHARES), n)
        The output, by share of the words.
    """
    kept, lengths = [], []
    for share in SHARES:
        for order in orders:
            first = int(np.ceil(share * len(order)))
            some = np.sort(order[:first] if keep else order[first:])
            kept.append(some)
            lengths.append(len(some))
    n, n_shares = len(targets), len(SHARES)
    variants = Variants(
        np.tile(targets, n_shares),
        np.concatenate(kept).astype(np.int64),
        np.concatenate([[0], np.cumsum(lengths)]),
    )
    outputs = altered.with_variants(
        variants, np.arange(n * n_shares), np.tile(targets, n_shares)
    )
    return outputs[np.arange(n * n_shares), np.tile(output, n_shares)].reshape(-1, n)
