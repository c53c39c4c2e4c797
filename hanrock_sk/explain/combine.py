"""The overall attention of words and talkturns, and its buckets (A.5 of the paper).

Everything here is arrays. Windows, and the talkturns of windows, lie one after the
other; *offsets* say where each begins, with the end of the last one behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BUCKETS = ("none", "low", "medium", "high")
"""Names of the buckets, from little attention to much."""

BUCKET_BOUNDS = (0.0, 1.0, 2.0)
"""The z-scores at which low, medium and high attention begin."""

DECIMALS = 6
"""Weights come as float32, which tells no more: z-scores are rounded to so many
decimals, and weights that differ by less than this share of their mean count as equal.
So two weights always have -1 and 1, and not 0.99999999, which is another bucket."""


@dataclass(frozen=True)
class Standardized:
    """Weights, and how they stand out among the others of their window.

    Attributes
    ----------
    weights : ndarray of float64, shape (n,)
        The overall weights.
    z : ndarray of float64, shape (n,)
        Their z-scores, over the window.
    buckets : ndarray of int8, shape (n,)
        Index into `BUCKETS`.
    """

    weights: np.ndarray
    z: np.ndarray
    buckets: np.ndarray


def branch_weights(tasks: np.ndarray, n_branches: int) -> np.ndarray:
    """Return what the tasks' attention gives to each word encoder.

    The primary branch has the weight of the primary task. All auxiliary tasks share
    one word encoder, so the auxiliary branch has the sum of their weights.

    Parameters
    ----------
    tasks : ndarray of shape (n_tasks, n)
        alpha_c, the primary task first.
    n_branches : int
        2, or 1 for a network without an auxiliary branch.

    Returns
    -------
    branches : ndarray of float64, shape (n_branches, n)
        They sum to 1.
    """
    tasks = tasks.astype(np.float64)
    if n_branches == 1:
        return tasks.sum(axis=0, keepdims=True)
    return np.stack([tasks[0], tasks[1:].sum(axis=0)])


def weighted_average(attention: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Average the attention of several tasks or branches by their weights.

    Parameters
    ----------
    attention : ndarray of shape (k, n)
        alpha_abi of each task, or alpha_ait of each branch.
    weights : ndarray of shape (k, n)
        alpha_c of these tasks, or `branch_weights`, for the window each of the n
        stands in.

    Returns
    -------
    overall : ndarray of float64, shape (n,)
        The overall attention.
    """
    return np.einsum("kn,kn->n", attention, weights, dtype=np.float64)


def standardize(weights: np.ndarray, offsets: np.ndarray) -> Standardized:
    """Compute z-scores over each window, and the buckets they fall in.

    Where all weights of a window are equal, as in a window of one, nothing stands out:
    z is 0, which is low attention.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Of all windows, one after the other.
    offsets : ndarray of int64, shape (n_windows + 1,)
        Where each window begins; none is empty.

    Returns
    -------
    standardized : Standardized
        Buckets are none (z < 0), low (0 <= z < 1), medium (1 <= z < 2) and high
        (z >= 2).

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.combine import standardize
    >>> weights = np.array([0.1, 0.1, 0.1, 0.1, 0.6, 1.0])
    >>> standardized = standardize(weights, offsets=np.array([0, 5, 6]))
    >>> standardized.z.tolist(), standardized.buckets.tolist()
    ([-0.5, -0.5, -0.5, -0.5, 2.0, 0.0], [0, 0, 0, 0, 3, 1])
    """
    weights = np.asarray(weights, dtype=np.float64)
    sizes = np.diff(offsets)
    mean = np.add.reduceat(weights, offsets[:-1]) / sizes
    deviation = weights - np.repeat(mean, sizes)
    spread = np.sqrt(np.add.reduceat(deviation**2, offsets[:-1]) / sizes)
    equal = spread <= 10**-DECIMALS * mean
    spread[equal] = np.inf
    # Adding 0 turns -0 into 0.
    z = np.round(deviation / np.repeat(spread, sizes), DECIMALS) + 0.0
    return Standardized(weights, z, np.digitize(z, BUCKET_BOUNDS).astype(np.int8))
