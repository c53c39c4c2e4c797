"""The labelled talkturns of a table, with the table around them."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.table import is_table, read_table


class LabelledRows:
    """Some talkturns of a table, as an array that scikit-learn takes rows from.

    An ensemble of scikit-learn's sees the labelled talkturns alone; whoever reads them
    gets whole conversations.

    Parameters
    ----------
    X : DataFrame or sequence of str
        All talkturns.
    conversations : ndarray of int64, shape (n_talkturns,)
        Which conversation each belongs to.
    rows : ndarray of int64, shape (n_rows,)
        The rows that this is about.
    labelled : ndarray of bool, shape (n_talkturns,)
        Which talkturns have a label, whether it is among these or not.
    classes : ndarray or None
        The classes that labels are indices of; None if labels are values.
    """

    def __init__(
        self,
        X: Any,
        conversations: np.ndarray,
        rows: np.ndarray,
        labelled: np.ndarray,
        classes: np.ndarray | None,
    ) -> None:
        self.X, self.conversations, self.rows = X, conversations, rows
        self.labelled, self.classes = labelled, classes

    @property
    def shape(self) -> tuple[int, int]:
        """As of an array with one column."""
        return len(self.rows), 1

    @property
    def groups(self) -> np.ndarray:
        """The conversation of each of the rows."""
        return self.conversations[self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: Any) -> LabelledRows:
        """Take some of the rows, by whatever an array takes them by."""
        if isinstance(key, tuple):  # (rows, ...), as of an array with columns
            key = key[0]
        rows = np.atleast_1d(self.rows[key])
        return LabelledRows(
            self.X, self.conversations, rows, self.labelled, self.classes
        )

    def to_train(
        self, y: Any, sample_weight: Any
    ) -> tuple[Any, np.ndarray, np.ndarray | None]:
        """Return whole conversations with the labels of these rows alone.

        Parameters
        ----------
        y : array-like of shape (n_rows,)
            Class indices, or values, of the rows.
        sample_weight : array-like of shape (n_rows,) or None
            How much each counts.

        Returns
        -------
        X : DataFrame or sequence of str
            The conversations of these rows, and those in which nobody has a label.
            Conversations of other labels are left out: they are held out.
        y : ndarray of object, shape (n_talkturns_kept,)
            Labels as they were given; None in all other rows.
        sample_weight : ndarray or None
            Weights; 1 in all other rows.
        """
        known = np.asarray(y)
        labels = np.full(len(self.conversations), None, dtype=object)
        labels[self.rows] = known if self.classes is None else self.classes[known]
        weights = None
        if sample_weight is not None:
            weights = np.ones(len(self.conversations))
            weights[self.rows] = sample_weight
        trained = np.isin(self.conversations, self.groups)
        elsewhere = np.isin(self.conversations, self.conversations[self.labelled])
        kept = np.flatnonzero(trained | ~elsewhere)
        if weights is not None:
            weights = weights[kept]
        return take(self.X, kept), labels[kept], weights

    def to_predict(self) -> tuple[Any, np.ndarray]:
        """Return the conversations of these rows, and where in them the rows are.

        Returns
        -------
        X : DataFrame or sequence of str
            Whole conversations.
        places : ndarray of int64, shape (n_rows,)
            The place of each row in them.
        """
        kept = np.flatnonzero(np.isin(self.conversations, self.groups))
        return take(self.X, kept), np.searchsorted(kept, self.rows)


def number_conversations(X: Any, column: str) -> np.ndarray:
    """Give every talkturn the number of its conversation.

    Parameters
    ----------
    X : DataFrame or sequence of str
        Talkturns.
    column : str
        The column of conversations; without it, each talkturn is one of its own.

    Returns
    -------
    numbers : ndarray of int64, shape (n_talkturns,)
        By row.
    """
    if not is_table(X):
        return np.arange(len(X))
    conversations = read_conversations(read_table(X), column)
    return conversations.first[conversations.position]


def take(X: Any, rows: np.ndarray) -> Any:
    """Take rows of a table, or of a sequence of strings; all of them at no cost."""
    if len(rows) == len(X):
        return X
    if is_table(X):
        return read_table(X)[rows.tolist()].to_native()
    series = nw.from_native(X, allow_series=True, pass_through=True)
    strings = series.to_list() if isinstance(series, nw.Series) else list(X)
    return [strings[row] for row in rows]
