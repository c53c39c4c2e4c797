"""The plumbing shared by every step that takes a talkturn table and adds columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from hanrock_sk._base.callbacks import CallbackSupportMixin
from hanrock_sk._base.saved_state import SavedState
from hanrock_sk._base.short_repr import ShortRepr
from hanrock_sk._base.sklearn_private import _get_output_config
from hanrock_sk.talkturns.live_half import LiveHalf
from hanrock_sk.talkturns.table import add_columns, read_table, require_columns


class TableTransformer(
    SavedState, ShortRepr, CallbackSupportMixin, TransformerMixin, BaseEstimator
):
    """Base of the row-preserving transformers.

    A subclass sets `_columns_read`, the columns of the training table that it needs
    again in `transform`, and `_columns_added`, the names of the columns it adds. Its
    `fit` tells scikit-learn's callbacks of itself, see `fit_task`.
    """

    _columns_read: list[str]
    _columns_added: list[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep scikit-learn from naming the columns of what `transform` returns.

        Under ``set_output`` it would give them the names of the table in `fit`, in that
        order, whatever order the new table has. `_write` makes the container itself.
        """
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)
        cls._sklearn_auto_wrap_output_keys = {"transform"}

    def _read_training(self, X: Any) -> nw.DataFrame:
        """Check the training table and remember its columns."""
        table = read_table(X)
        validate_data(self, X, skip_check_array=True)
        return table

    def _read_new(self, X: Any) -> nw.DataFrame:
        """Check a table to transform: it needs what this step read in training."""
        check_is_fitted(self)
        table = read_table(X)
        require_columns(table, self._columns_read)
        return table

    def _write(self, table: nw.DataFrame, columns: Mapping[str, Any]) -> Any:
        """Add the columns and give the table back in the library it came from.

        Under ``set_output`` the other library is filled column by column, because a
        polars table poured into pandas as a whole loses its types.
        """
        wide = add_columns(table, columns)
        wanted = _get_output_config("transform", self)["dense"]
        if wanted == "pandas" and not wide.implementation.is_pandas_like():
            import pandas

            return pandas.DataFrame(
                {name: wide[name].to_list() for name in wide.columns}
            )
        if wanted == "polars" and not wide.implementation.is_polars():
            return wide.to_polars()
        return wide.to_native()

    def live_half(self) -> LiveHalf | None:
        """Return this step as it hears a new conversation, talkturn by talkturn.

        Returns
        -------
        half : LiveHalf or None
            Adds the columns that `transform` would add to the talkturn, given the table
            of the conversation so far; None if the step has no such half.
        """
        return None

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns of the transformed table.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            The columns of the table that goes in; those seen in `fit` by default.

        Returns
        -------
        names : ndarray of str
            The columns that go in, then those that this step adds.
        """
        check_is_fitted(self)
        names = list(
            self.feature_names_in_ if input_features is None else input_features
        )
        names += [name for name in self._columns_added if name not in names]
        return np.asarray(names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Say that the input is a table, not an array."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags
