"""How often each rater is right, and what is then probable: one number a rater."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from hanrock_sk.raters.ratings import Ratings

ROUNDS = 100
"""Rounds of the EM algorithm, at most."""

PRIOR_RATINGS = 10
"""Raters begin as if they had been seen to rate so often, halfway between a guess and
always right: a few ratings cannot tell them apart."""

MOST_RELIABLE = 0.999


def reliability_of_raters(ratings: Ratings) -> tuple[np.ndarray, np.ndarray]:
    """Estimate how often each rater is right, and how probable each label is.

    The model of Dawid and Skene with one number a rater in place of a table: a rater
    gives the true label with a probability of their own, and else any other. Both are
    estimated in turn (EM) from the ratings alone; before anybody has rated, labels are
    equally probable.

    Parameters
    ----------
    ratings : Ratings
        What each rater said.

    Returns
    -------
    reliability : ndarray of float64, shape (n_raters,)
        From that of guessing, 1 / n_labels, to 1.
    probabilities : ndarray of float64, shape (n_talkturns, n_labels)
        Rows sum to 1; 0 where nobody rated. Of one rater alone, the labels given.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters.ratings import read_ratings
    >>> from hanrock_sk.raters.reliability import reliability_of_raters
    >>> said = {"ann": ["a", "b"] * 20, "ben": ["a", "b"] * 20, "cem": ["a", "a"] * 20}
    >>> reliability, probabilities = reliability_of_raters(
    ...     read_ratings(pl.DataFrame(said), ["ann", "ben", "cem"])
    ... )
    >>> reliability.round(2).tolist()
    [0.95, 0.95, 0.55]
    >>> probabilities[1].round(2).tolist()
    [0.0, 1.0]
    """
    n_labels, counts, given = len(ratings.labels), ratings.counts, ratings.given
    n_ratings = counts.sum(axis=1, keepdims=True)
    probabilities = counts / n_ratings.clip(min=1)
    if n_labels == 1 or given.shape[1] == 1:
        return np.ones(given.shape[1]), probabilities
    rows, raters = np.nonzero(given)
    codes = ratings.codes[rows, raters]
    guess = 1 / n_labels
    right_before = PRIOR_RATINGS * (1 + guess) / 2
    n_given = given.sum(axis=0)
    for _ in range(ROUNDS):
        right = np.bincount(raters, probabilities[rows, codes], len(n_given))
        reliability = (right + right_before) / (n_given + PRIOR_RATINGS)
        reliability = reliability.clip(guess, MOST_RELIABLE)
        # How much more probable a rating makes its label than each of the others.
        weights = np.log(reliability * (n_labels - 1) / (1 - reliability))
        votes = np.zeros_like(counts)
        np.add.at(votes, (rows, codes), weights[raters])
        before, probabilities = probabilities, softmax(votes, axis=1) * (n_ratings > 0)
        if np.abs(probabilities - before).max() < 1e-6:
            break
    return reliability, probabilities
