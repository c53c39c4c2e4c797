"""What further predictions add to the text's own prediction of the label."""

from __future__ import annotations

import numpy as np

NOTHING_NEW = 1e-6
"""Share of a prediction's square below which what is left of it is rounding."""


class LabelGain:
    """Measures what a prediction tells of the label beyond another prediction.

    Parameters
    ----------
    label : ndarray of shape (n_labels, n_columns)
        The label: a column of real values, or one of zeros and ones for each class.
    by_text : ndarray of shape (n_labels, n_columns)
        What the text alone predicts.

    Attributes
    ----------
    explained : float
        Share of the label's variance that `by_text` explains.

    Examples
    --------
    A prediction in which half of what the text leaves unexplained is found:

    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.label_gain import LabelGain
    >>> label = np.array([[1.0, 1, -1, -1]]).T
    >>> measure = LabelGain(label, np.zeros((4, 1)))
    >>> measure.explained
    0.0
    >>> measure.gains(np.array([[[1.0], [0], [-1], [0]]])).round(3).tolist()
    [0.5]
    """

    def __init__(self, label: np.ndarray, by_text: np.ndarray) -> None:
        label = label - label.mean(axis=0)
        known = by_text - by_text.mean(axis=0)
        vectors, values, _ = np.linalg.svd(known, full_matrices=False)
        basis = vectors[:, values > 1e-6 * max(values.max(initial=0.0), 1e-30)]
        self._total = float(np.square(label).sum()) or 1.0  # a constant label
        self._left = label - basis @ (basis.T @ label)
        constant = np.full((len(label), 1), len(label) ** -0.5)
        self._basis = np.hstack([constant, basis]).astype(np.float32)
        told = np.square(label).sum() - np.square(self._left).sum()
        self.explained = float(told) / self._total

    def gains(self, predictions: np.ndarray) -> np.ndarray:
        """Return the further share of the label's variance that is explained.

        Parameters
        ----------
        predictions : ndarray of shape (n_predictions, n_labels, n_columns)
            Several predictions, of a column each or more. All columns of one enter
            a linear regression together.

        Returns
        -------
        gains : ndarray of shape (n_predictions,)
            0 where a prediction is constant, or nothing new.
        """
        basis, left = self._basis, self._left.astype(np.float32)
        size = np.sqrt(np.square(predictions).sum(axis=1, keepdims=True))
        new = (predictions / np.where(size > 0, size, 1)).astype(np.float32)
        new = new - basis @ (basis.T @ new)
        inner = (new.swapaxes(1, 2) @ left).astype(np.float64)
        values, vectors = np.linalg.eigh((new.swapaxes(1, 2) @ new).astype(np.float64))
        inner = np.square(vectors.swapaxes(1, 2) @ inner).sum(axis=2)
        told = values > NOTHING_NEW
        explained = np.where(told, inner / np.where(told, values, 1), 0).sum(axis=1)
        return explained / self._total


def as_columns(values: np.ndarray, known: np.ndarray, is_class: bool) -> np.ndarray:
    """Return a target or label as columns that regressions learn.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Classes or real values.
    known : ndarray of bool, shape (n_rows,)
        Where there is one.
    is_class : bool
        Whether the values are classes.

    Returns
    -------
    columns : ndarray of float32, shape (n_rows, n_columns)
        A column of standardised values, or one of zeros and ones for each class,
        centred; 0 where the value is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.label_gain import as_columns
    >>> as_columns(np.array(["a", "b", "?"]), np.array([True, True, False]), True)
    array([[ 0.5, -0.5],
           [-0.5,  0.5],
           [ 0. ,  0. ]], dtype=float32)
    """
    if is_class:
        classes, code = np.unique(values[known], return_inverse=True)
        there = np.eye(len(classes))[code]
    else:
        # In float64 until it is centred: values around 1e6 would lose their digits.
        there = values[known].astype(np.float64)[:, None]
        there = there / (there.std() or 1.0)
    columns = np.zeros((len(values), there.shape[1]), dtype=np.float32)
    columns[known] = there - there.mean(axis=0)
    return columns


def correlation(true: np.ndarray, predicted: np.ndarray) -> float:
    """Return the mean correlation of the columns of two arrays; 0 of constants."""
    true, predicted = true - true.mean(axis=0), predicted - predicted.mean(axis=0)
    size = np.sqrt(np.square(true).sum(axis=0) * np.square(predicted).sum(axis=0))
    products = (true * predicted).sum(axis=0)
    return float(np.mean(products / np.maximum(size, 1e-12)))
