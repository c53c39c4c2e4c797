"""Ridge regressions of many columns at once, each predicted where it was not learnt.

Conversations are dealt into two halves of five folds. Every fold's talkturns are
predicted by two regressions: one learnt from the first half of the other folds, one
from the second half. So two columns, such as a label and an auxiliary target, can be
predicted from the text by models that share neither conversations nor their noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

HALVES = 2
FOLDS = 5

PENALTIES = 10.0 ** np.arange(-3, 4)
"""Ridge penalties to choose from, in units of the mean eigenvalue."""


def deal_conversations(
    groups: np.ndarray, weight: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Deal whole conversations into ten parts of about equal weight.

    Of fewer than twenty conversations the longest are cut into pieces, so that no part
    is left without any.

    Parameters
    ----------
    groups : ndarray of int, shape (n_rows,)
        Conversation of each row; rows of a conversation are in order of time.
    weight : ndarray of float, shape (n_rows,)
        What is to be equal, such as 1 for each talkturn with a label.
    generator : numpy.random.Generator
        Draws who comes where.

    Returns
    -------
    part : ndarray of int, shape (n_rows,)
        From 0 to 9: ``half * 5 + fold``.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.cross_prediction import deal_conversations
    >>> groups = np.repeat(np.arange(20), 3)
    >>> part = deal_conversations(groups, np.ones(60), np.random.default_rng(0))
    >>> np.bincount(part).tolist()
    [6, 6, 6, 6, 6, 6, 6, 6, 6, 6]
    """
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    rows = np.split(order, edges)
    while len(rows) < 2 * HALVES * FOLDS and max(map(len, rows)) > 1:
        longest = max(range(len(rows)), key=lambda place: len(rows[place]))
        rows += np.array_split(rows.pop(longest), 2)
    part = np.empty(len(groups), dtype=np.intp)
    load = np.zeros(HALVES * FOLDS)
    shuffled = generator.permutation(len(rows))
    for place in sorted(shuffled, key=lambda place: -weight[rows[place]].sum()):
        lightest = int(load.argmin())
        part[rows[place]] = lightest
        # A talkturn without a label counts a little: unlabelled ones are dealt, too.
        load[lightest] += weight[rows[place]].sum() + 1e-3 * len(rows[place])
    return part


@dataclass(frozen=True)
class Spectrum:
    """The features of a regression's rows in their own eigenvectors.

    Attributes
    ----------
    vectors : ndarray of shape (n_features, n_features)
        Eigenvectors of the features' product with themselves.
    values : ndarray of shape (n_features,)
        Eigenvalues.
    n_rows : int
        Rows learnt from.
    """

    vectors: np.ndarray
    values: np.ndarray
    n_rows: int

    def solve(self, products: np.ndarray, squares: np.ndarray) -> np.ndarray:
        """Return the coefficients of ridge regressions.

        Parameters
        ----------
        products : ndarray of shape (n_features, n_columns)
            Features times columns, summed over rows.
        squares : ndarray of shape (n_columns,)
            Sums of squares of the columns.

        Returns
        -------
        coefficients : ndarray of shape (n_features, n_columns)
            Each column's at the penalty with the least generalised cross-validation
            error (Golub, Heath and Wahba 1979).
        """
        turned = self.vectors.T @ products
        energy = turned.astype(np.float64) ** 2
        least = np.full(products.shape[1], np.inf)
        penalty = np.empty(products.shape[1])
        for candidate in PENALTIES * self.values.mean():
            kept = 1 / (self.values + candidate)
            freedom = (self.values * kept).sum()
            explained = (kept * (2 - self.values * kept)) @ energy
            error = (squares - explained) / (self.n_rows - freedom) ** 2
            penalty[error < least] = candidate
            least = np.minimum(error, least)
        turned /= (self.values[:, None] + penalty).astype(turned.dtype)
        return self.vectors @ turned


class CrossPrediction:
    """Predicts columns from features, each part of the rows from the others.

    Parameters
    ----------
    features : ndarray of float32, shape (n_rows, n_features)
        What is read.
    part : ndarray of int, shape (n_rows,)
        See `deal_conversations`.
    learnt : ndarray of int
        Rows in which the columns are known.
    """

    def __init__(
        self, features: np.ndarray, part: np.ndarray, learnt: np.ndarray
    ) -> None:
        self.features, self.part = features, part
        # Sorted by part, so that each part's product is one GEMM.
        self.learnt = learnt[np.argsort(part[learnt], kind="stable")]
        edges = np.searchsorted(part[self.learnt], np.arange(HALVES * FOLDS + 1))
        self._pieces = [slice(*ends) for ends in pairwise(edges)]
        squares = np.array([self._of(p).T @ self._of(p) for p in self._pieces])
        self._spectra: dict[tuple[int, int], Spectrum] = {}
        for half in range(HALVES):
            for fold in range(FOLDS):
                used = self._used(half, fold)
                values, vectors = np.linalg.eigh(squares[used].sum(axis=0))
                n_rows = sum(len(self.learnt[self._pieces[p]]) for p in used)
                self._spectra[half, fold] = Spectrum(
                    vectors, np.maximum(values, 1e-6), n_rows
                )

    def _of(self, piece: slice) -> np.ndarray:
        return self.features[self.learnt[piece]]

    @staticmethod
    def _used(half: int, fold: int) -> list[int]:
        """Return the parts that a fold's regression is learnt from."""
        return [half * FOLDS + other for other in range(FOLDS) if other != fold]

    def predict(self, columns: np.ndarray, wanted: np.ndarray) -> Iterator[np.ndarray]:
        """Predict columns in some rows, once from either half.

        Parameters
        ----------
        columns : ndarray of float32, shape (n_learnt, n_columns)
            By the rows of `learnt`; centred.
        wanted : ndarray of int
            Rows to predict.

        Yields
        ------
        predicted : ndarray of float32, shape (n_wanted, n_columns)
            As learnt from the first, then from the second half.
        """
        products = np.array([self._of(p).T @ columns[p] for p in self._pieces])
        squares = np.array(
            [np.square(columns[p], dtype=np.float64).sum(axis=0) for p in self._pieces]
        )
        fold_of = self.part[wanted] % FOLDS
        for half in range(HALVES):
            predicted = np.empty((len(wanted), columns.shape[1]), dtype=np.float32)
            for fold in range(FOLDS):
                used = self._used(half, fold)
                coefficients = self._spectra[half, fold].solve(
                    products[used].sum(axis=0), squares[used].sum(axis=0)
                )
                there = np.flatnonzero(fold_of == fold)
                predicted[there] = self.features[wanted[there]] @ coefficients
            yield predicted
