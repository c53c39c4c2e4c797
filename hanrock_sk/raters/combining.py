"""One label for each talkturn, and its doubt, from the labels of several raters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hanrock_sk.raters.dawid_skene import dawid_skene
from hanrock_sk.raters.ratings import Ratings, read_ratings
from hanrock_sk.raters.reliability import reliability_of_raters
from hanrock_sk.raters.weighted_mean import rater_weights, weighted_mean
from hanrock_sk.talkturns.soft_labels import SOFT_PREFIX, soft_columns
from hanrock_sk.talkturns.table import add_columns, read_table

METHODS = ("soft", "majority", "dawid_skene", "mean")


class Raters:
    """How the labels of several raters become one.

    Not a step of a Pipeline, as it makes `y`: call `combine` before the fit.

    Parameters
    ----------
    columns : sequence of str
        A column of the talkturn table for each rater, with the labels that the rater
        gave; missing where a rater gave none.
    method : {"soft", "majority", "dawid_skene", "mean"}, default="soft"
        - "soft": a distribution, how probable each label is by who gave it, and as `y`
          the most probable one. What a rater counts for is learnt from the ratings
          alone: one number, see `weights`.
        - "majority": the most frequent label alone.
        - "dawid_skene": a distribution by the model of Dawid and Skene (1979), which
          learns a table for each rater: whom to trust with which label. It needs
          ``pip install hanrock-sk[raters]``.
        - "mean", for numbers: see `weights`. Numbers that are not whole are always
          combined so; whole ones only if "mean" is asked for, as they may be classes.
    ties : {"missing", "frequent"}, default="missing"
        What "majority" makes of a talkturn in which no label is the most frequent one:
        no label, so that the talkturn is context; or that of the tied labels which is
        more frequent in all ratings. Other methods do the latter, as a distribution
        holds the tie.
    weights : {"reliability", "equal"}, default="reliability"
        What a rater counts for, by "soft" and "mean". "reliability": by "soft" how
        often the rater is right, in the model of Dawid and Skene with this one number
        for each rater; by "mean" the correlation with the others. "equal": all the
        same, so that "soft" is the share of the raters who gave each label.

    Raises
    ------
    ValueError
        If there is no such method, or no such way with ties or weights.

    References
    ----------
    Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using
    the EM algorithm. Grimm and Kroschel (2005), Evaluation of natural emotions using
    self assessment manikins: the weighted mean, there by the correlation of a rater
    with all, here with all others.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk import Raters
    >>> talkturns = pl.DataFrame(
    ...     {"text": ["hi", "well", "no"],
    ...      "ann": ["calm", "calm", "angry"],
    ...      "ben": ["calm", "angry", "angry"],
    ...      "cem": ["calm", "calm", None]}
    ... )
    >>> talkturns, y = Raters(["ann", "ben", "cem"]).combine(talkturns)
    >>> y.tolist()
    ['calm', 'calm', 'angry']
    >>> talkturns["soft__angry"].round(2).to_list()
    [0.03, 0.18, 0.91]
    """

    def __init__(
        self,
        columns: Sequence[str],
        method: str = "soft",
        *,
        ties: str = "missing",
        weights: str = "reliability",
    ) -> None:
        if method not in METHODS:
            raise ValueError(f"method must be one of {METHODS}, got {method!r}.")
        if ties not in ("missing", "frequent"):
            raise ValueError(f"ties must be 'missing' or 'frequent', got {ties!r}.")
        if weights not in ("reliability", "equal"):
            raise ValueError(
                f"weights must be 'reliability' or 'equal', got {weights!r}."
            )
        self.columns = columns
        self.method = method
        self.ties = ties
        self.weights = weights

    def __repr__(self) -> str:
        """Write the call that makes it."""
        ties = "" if self.ties == "missing" else f", ties={self.ties!r}"
        weights = "" if self.weights == "reliability" else f", weights={self.weights!r}"
        return f"Raters({list(self.columns)!r}, {self.method!r}{ties}{weights})"

    def combine(self, X: Any) -> tuple[Any, np.ndarray]:
        """Combine the ratings of a table.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns with the raters' columns.

        Returns
        -------
        X_soft : DataFrame
            The table, by "soft" and "dawid_skene" with a column ``soft__<label>`` for
            every label: its probability, missing where nobody rated.
            `HANRockClassifier` trains on these.
        y : ndarray of shape (n_talkturns,)
            Labels; None, of numbers NaN, where nobody rated or none is decided.

        Raises
        ------
        ImportError
            If "dawid_skene" lacks crowd-kit.
        ValueError
            If the ratings cannot be read, do not suit the method, or the table has
            columns ``soft__*`` already.
        """
        table = read_table(X)
        ratings = read_ratings(table, self.columns)
        if self._takes_the_mean(ratings):
            values = ratings.values
            equal = self.weights == "equal"
            weights = np.ones(values.shape[1]) if equal else rater_weights(values)
            return X, weighted_mean(values, weights)
        taken = sorted(soft_columns(table).values())
        if taken and self.method != "majority":
            raise ValueError(
                f"The talkturn table already has the column(s) {taken}: drop or rename "
                "them."
            )
        shares = self._shares(ratings)
        rated: Any = ratings.given.any(axis=1)
        best = most_probable(shares, ratings)
        if self.method == "majority":
            if self.ties == "missing":
                rated = rated & ~is_tied(shares)
            return X, labels_or_none(ratings.labels[best], rated)
        columns = {
            f"{SOFT_PREFIX}{label}": np.where(rated, share, np.nan)
            for label, share in zip(ratings.labels.tolist(), shares.T, strict=True)
        }
        y = labels_or_none(ratings.labels[best], rated)
        return add_columns(table, columns).to_native(), y

    def reliability(self, X: Any) -> dict[str, float]:
        """Tell how reliable each rater is, by the others.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns with the raters' columns.

        Returns
        -------
        reliability : dict of str to float
            By column. Of labels, how often the rater is right, from that of guessing to
            1; see `weights`. Of numbers, the correlation with the mean of the others,
            from 0; all 1 if nobody agrees with anybody.

        Examples
        --------
        >>> import polars as pl
        >>> from hanrock_sk import Raters
        >>> said = {"ann": ["a", "b"] * 9, "ben": ["a", "b"] * 9, "cem": ["b", "b"] * 9}
        >>> reliability = Raters(["ann", "ben", "cem"]).reliability(pl.DataFrame(said))
        >>> min(reliability, key=reliability.get)
        'cem'
        """
        ratings = read_ratings(X, self.columns)
        if self._takes_the_mean(ratings):
            weights = rater_weights(ratings.values)
        else:
            weights, _ = reliability_of_raters(ratings)
        return dict(zip(ratings.columns, weights.tolist(), strict=True))

    def agreement(self, X: Any) -> np.ndarray:
        """Tell how far the raters agree on each talkturn, to weigh labels by.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns with the raters' columns.

        Returns
        -------
        agreement : ndarray of float64, shape (n_talkturns,)
            Between 0 and 1, for `sample_weight`. Of labels, the share of pairs of
            raters who gave the same one. Of numbers, v / (v + s), s being the variance
            of the talkturn's ratings and v that of the talkturns' means. 1 where one
            rater alone rated, and 0 where nobody did.
        """
        ratings = read_ratings(X, self.columns)
        n_ratings = ratings.given.sum(axis=1)
        if self._takes_the_mean(ratings):
            return _agreement_of_numbers(ratings, n_ratings)
        counts = ratings.counts
        pairs = (n_ratings * (n_ratings - 1)).clip(min=1)
        shares = (counts * (counts - 1)).sum(axis=1) / pairs
        return np.where(n_ratings == 1, 1.0, shares)

    def _takes_the_mean(self, ratings: Ratings) -> bool:
        if self.method == "mean" and not ratings.are_numbers:
            raise ValueError(
                "method='mean' needs ratings that are numbers, got "
                f"{ratings.labels[0].item()!r}."
            )
        if ratings.are_real_values and self.method in ("majority", "dawid_skene"):
            raise ValueError(
                f"method={self.method!r} needs ratings that are labels, got numbers "
                f"such as {ratings.labels[0].item()!r}: use method='mean'."
            )
        return self.method == "mean" or ratings.are_real_values

    def _shares(self, ratings: Ratings) -> np.ndarray:
        if self.method == "dawid_skene":
            return dawid_skene(ratings)
        if self.method == "soft" and self.weights == "reliability":
            return reliability_of_raters(ratings)[1]
        counts = ratings.counts
        return counts / counts.sum(axis=1, keepdims=True).clip(min=1)


def _agreement_of_numbers(ratings: Ratings, n_ratings: np.ndarray) -> np.ndarray:
    rated = n_ratings > 0
    values = ratings.values[rated]
    within, between = np.nanvar(values, axis=1), np.nanmean(values, axis=1).var()
    agreement = np.zeros(len(n_ratings))
    agreement[rated] = np.where(within > 0, between, 1) / np.where(
        within > 0, between + within, 1
    )
    return agreement


def most_probable(shares: np.ndarray, ratings: Ratings) -> np.ndarray:
    """Return the most probable label of each talkturn, as an index.

    Parameters
    ----------
    shares : ndarray of shape (n_talkturns, n_labels)
        Probabilities.
    ratings : Ratings
        Of labels equally probable, the one given more often in all is taken, then the
        first.

    Returns
    -------
    best : ndarray of int, shape (n_talkturns,)
        Whatever it is where nobody rated.
    """
    by_frequency = np.argsort(-ratings.counts.sum(axis=0), kind="stable")
    best = shares[:, by_frequency].argmax(axis=1)
    return by_frequency[best]


def is_tied(shares: np.ndarray) -> np.ndarray:
    """Whether several labels of a talkturn are the most probable one."""
    highest = shares.max(axis=1, keepdims=True)
    return (shares == highest).sum(axis=1) > 1


def labels_or_none(labels: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return labels, with None where there is none."""
    if present.all():
        return labels
    with_none = labels.astype(object)
    with_none[~present] = None
    return with_none
