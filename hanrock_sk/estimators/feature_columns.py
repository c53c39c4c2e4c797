"""Numbers and codes of a talkturn beside its words: what is known of each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hanrock_sk.talkturns.auxiliary_names import TARGET_PREFIX, WEIGHT_PREFIX
from hanrock_sk.talkturns.table import require_columns
from hanrock_sk.talkturns.values import is_missing, read_numbers

REFUSED = (TARGET_PREFIX, WEIGHT_PREFIX, "soft__")
"""Columns of these prefixes supervise training; they are not known when it predicts."""


class FeatureColumns:
    """Turns columns of numbers or codes into a vector for each talkturn.

    A number is standardised by the training talkturns; where it is missing it is the
    mean, and, if it was missing in training too, a further number says so. A code is a
    one for its category; a category that training did not have is none.

    Parameters
    ----------
    numbers : mapping of str to (float, float, bool)
        Of columns of numbers: mean, spread, and whether some were missing.
    categories : mapping of str to list of str
        Of columns of codes: the categories; "" for a missing one, if some were.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.estimators.feature_columns import FeatureColumns
    >>> from hanrock_sk.talkturns.table import read_table
    >>> table = pl.DataFrame({"age": [20, 40, None], "role": ["a", "b", "a"]})
    >>> columns = FeatureColumns.learn(read_table(table), ["age", "role"])
    >>> columns.names, columns.width
    (('age', 'role'), 4)
    >>> columns.encode(read_table(table)).tolist()
    [[-1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]
    """

    def __init__(
        self,
        numbers: Mapping[str, Sequence[Any]],
        categories: Mapping[str, Sequence[str]],
    ) -> None:
        self.numbers = {name: list(known) for name, known in numbers.items()}
        self.categories = {name: list(known) for name, known in categories.items()}

    @classmethod
    def learn(
        cls,
        table: nw.DataFrame | None,
        names: Sequence[str],
        rows: np.ndarray | None = None,
    ) -> FeatureColumns:
        """Learn what stands in the columns.

        Parameters
        ----------
        table : narwhals.DataFrame or None
            The training table.
        names : sequence of str
            Its columns.
        rows : ndarray of int64 or None, default=None
            The rows to learn from; all by default.

        Raises
        ------
        TypeError
            If there is no table.
        ValueError
            If a column is named twice, is not there, or supervises training.
        """
        table = _check_table(table, names)
        if len(set(names)) < len(names):
            raise ValueError(f"features names a column twice: {list(names)}.")
        for name in names:
            if name.startswith(REFUSED):
                raise ValueError(
                    f"features names {name!r}, which training is supervised by: it is "
                    "not known when the model predicts."
                )
        kept = np.arange(len(table)) if rows is None else rows
        numbers: dict[str, list[Any]] = {}
        categories: dict[str, list[str]] = {}
        for name in names:
            if _holds_numbers(table[name]):
                values = read_numbers(table, name)[kept][:, None]
                scaler = StandardScaler().fit(np.nan_to_num(values, nan=0.0)[:1])
                if not np.isnan(values).all():
                    scaler = StandardScaler().fit(values)
                numbers[name] = [
                    float(scaler.mean_[0]),
                    float(scaler.scale_[0]),
                    bool(np.isnan(values).any()),
                ]
            else:
                codes = _codes(table[name].to_list(), name)
                encoder = OneHotEncoder().fit(np.array(codes)[kept][:, None])
                categories[name] = encoder.categories_[0].tolist()
        return cls(numbers, categories)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, those of numbers first."""
        return (*self.numbers, *self.categories)

    @property
    def width(self) -> int:
        """Numbers a talkturn."""
        return sum(1 + missing for _, _, missing in self.numbers.values()) + sum(
            map(len, self.categories.values())
        )

    def encode(self, table: nw.DataFrame | None) -> np.ndarray:
        """Return the vectors of a table's talkturns.

        Parameters
        ----------
        table : narwhals.DataFrame or None
            A talkturn table.

        Returns
        -------
        vectors : ndarray of float32, shape (n_rows, width)
            By row.

        Raises
        ------
        TypeError
            If there is no table.
        ValueError
            If a column is not there, or holds something else than in training.
        """
        table = _check_table(table, self.names)
        made: list[np.ndarray] = []
        for name, (mean, spread, was_missing) in self.numbers.items():
            values = (read_numbers(table, name) - mean) / spread
            made.append(np.nan_to_num(values, nan=0.0))
            if was_missing:
                made.append(np.isnan(values))
        for name, known in self.categories.items():
            codes = np.array(_codes(table[name].to_list(), name))
            made += [codes == category for category in known]
        return np.stack(made, axis=1).astype(np.float32)

    def without(self, vectors: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return vectors in each of which one column is missing.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, width)
            What `encode` returned.
        columns : ndarray of int64, shape (n,)
            Which of the `names` is missing in each.

        Returns
        -------
        vectors : ndarray of float32, shape (n, width)
            As `encode` returns them where the column's cell is empty.
        """
        unknown: list[list[float]] = []
        for _, _, was_missing in self.numbers.values():
            unknown.append([0.0, 1.0] if was_missing else [0.0])
        for known in self.categories.values():
            unknown.append([float(category == "") for category in known])
        of_column = np.repeat(np.arange(len(unknown)), [len(u) for u in unknown])
        missing = np.array([value for values in unknown for value in values], "f4")
        return np.where(of_column == columns[:, None], missing, vectors)

    def __repr__(self) -> str:
        """Name the columns."""
        return f"<FeatureColumns of {', '.join(self.names)}>"


def _check_table(table: nw.DataFrame | None, names: Sequence[str]) -> nw.DataFrame:
    if table is None:
        raise TypeError(
            f"The model reads the features {list(names)}: pass a talkturn table with "
            "these columns, not a sequence of strings."
        )
    require_columns(table, names)
    return table


def _holds_numbers(series: nw.Series) -> bool:
    """Whether a column holds numbers; one of nothing does."""
    if series.dtype.is_numeric():
        return True
    return not any(
        isinstance(value, str) for value in series.to_list() if not is_missing(value)
    )


def _codes(values: Sequence[Any], name: str) -> list[str]:
    """Take codes as strings, missing ones as "", and refuse what is neither."""
    codes = []
    for row, value in enumerate(values):
        if is_missing(value):
            codes.append("")
        elif isinstance(value, str | int | bool):
            codes.append(str(value))
        else:
            raise ValueError(
                f"Column {name!r}, row {row}: a code is a string, got {value!r} "
                f"({type(value).__name__}). A column of features holds numbers alone, "
                "or strings."
            )
    return codes
