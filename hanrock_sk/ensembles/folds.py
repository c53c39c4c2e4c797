"""Folds of whole conversations, for ensembles that train on some and test on others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from hanrock_sk.ensembles.labelled_rows import LabelledRows

USUAL = 5
"""Folds where none are asked for, as in scikit-learn."""


class ConversationFolds:
    """Folds that keep conversations together, as a splitter of scikit-learn's.

    Parameters
    ----------
    cv : int, splitter or None
        How many folds, or a splitter of groups, which gets the conversations. None
        stands for five.
    """

    def __init__(self, cv: Any = None) -> None:
        self.cv = cv

    def split(
        self, X: LabelledRows, y: Any, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to train on, and those to test on.

        Parameters
        ----------
        X : LabelledRows
            Labelled talkturns.
        y : array-like of shape (n_rows,)
            Class indices, or values; classes are kept in proportion.
        groups : object
            Ignored: conversations are the groups.

        Yields
        ------
        train, test : ndarray of int
            Rows of `X`.

        Raises
        ------
        ValueError
            If there is one conversation with labels alone.
        """
        places = np.zeros((len(X), 1))
        yield from self._splitter(X).split(places, y, X.groups)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return how many folds there are.

        Parameters
        ----------
        X : LabelledRows
            Labelled talkturns.
        y, groups : object
            Ignored.

        Returns
        -------
        n_splits : int
            No more than there are conversations.
        """
        return self._splitter(X).get_n_splits(np.zeros((len(X), 1)), y, X.groups)

    def _splitter(self, X: LabelledRows) -> Any:
        if hasattr(self.cv, "split"):
            return self.cv
        n_conversations = len(np.unique(X.groups))
        if n_conversations < 2:
            raise ValueError(
                "Cross-validation within the ensemble needs labels in at least two "
                "conversations; all of them are in one."
            )
        n_splits = min(USUAL if self.cv is None else self.cv, n_conversations)
        if X.classes is None:
            return GroupKFold(n_splits)
        return StratifiedGroupKFold(n_splits)
