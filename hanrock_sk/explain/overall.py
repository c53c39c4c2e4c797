"""Overall attention of every predicted talkturn: arrays, tables and readings (A.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index as whole_number
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.estimators.attention_weights import Attention
from hanrock_sk.explain.combine import BUCKETS
from hanrock_sk.explain.fitted_model import split_pipeline, table_library
from hanrock_sk.explain.readings import ContextTalkturn, Reading, Word
from hanrock_sk.explain.tables import (
    LEVELS,
    talkturn_columns,
    task_columns,
    word_columns,
)
from hanrock_sk.explain.window_weights import WindowWeights, weigh_windows


@dataclass(frozen=True, repr=False)
class OverallAttention(WindowWeights):
    """Overall attention of predicted talkturns, z-scores and buckets included.

    The windows of the predicted talkturns lie one after the other, and so do the words
    of their talkturns: what predicted talkturn k (``rows[k]``) was predicted from has
    the entries ``window_offsets[k]`` to ``window_offsets[k + 1]``, oldest talkturn
    first, and entry e has the words ``word_offsets[e]`` to ``word_offsets[e + 1]``.
    A talkturn's words come again in every window it is part of, since task attention of
    the predicted talkturn weighs the branches. ``overall[row]`` is the `Reading` of one
    predicted talkturn.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_predicted,)
        Rows of the predicted talkturns in the table.
    tasks : tuple of str
        The tasks that have a talkturn encoder of their own, "primary" first.
    task_weights : ndarray of shape (n_tasks, n_predicted)
        Task attention.
    window_offsets : ndarray of int64, shape (n_predicted + 1,)
        Where each window begins.
    window_rows : ndarray of int64, shape (n_entries,)
        The row of the talkturn at each entry.
    talkturns : Standardized
        Overall talkturn attention of each entry: `weights` (they sum to 1 over a
        window), `z` over the talkturns of the window, and `buckets`.
    word_offsets : ndarray of int64, shape (n_entries + 1,)
        Where the words of each entry begin.
    words : Standardized
        Overall word attention: `weights` (they sum to 1 over a talkturn), `z` over all
        words of the window, and `buckets`.
    word_index : ndarray of int64, shape (n_window_words,)
        Where each word is in ``exact.words``.
    entry_index : ndarray of int64, shape (n_entries,)
        Where each entry is in ``exact.window_rows``.
    exact : Attention
        The exact weights of all branches and tasks, for all rows of the table.
    backend : str
        The library of the tables, "pandas" or "polars".

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> model = HANRockClassifier(
    ...     content_size=3, word_gru=4, pri_gru=4, attention_units=4, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> overall = explain.attention(model, X, rows=[4, 5])
    >>> overall.window_offsets.tolist(), overall.window_rows.tolist()
    ([0, 3, 6], [2, 3, 4, 3, 4, 5])
    >>> float(round(overall.talkturns.weights[:3].sum(), 6))
    1.0
    """

    backend: Any

    def __len__(self) -> int:
        """Return the number of predicted talkturns."""
        return len(self.rows)

    def __repr__(self) -> str:
        """Show the sizes; the weights would fill the screen."""
        return (
            f"<OverallAttention of {len(self)} talkturns, {len(self.window_rows)} "
            f"talkturns in their windows, {len(self.tasks)} tasks>"
        )

    def __getitem__(self, row: int) -> Reading:
        """Return the reading of the predicted talkturn in this row of the table."""
        row = whole_number(row)
        places = np.flatnonzero(self.rows == row)
        if not len(places):
            n_rows = len(self.exact.word_offsets) - 1
            why = (
                f"The table has {n_rows} talkturns, rows 0 to {n_rows - 1}"
                if not 0 <= row < n_rows
                else "Attention was asked for other rows of the table"
            )
            raise IndexError(f"There is no attention of row {row}. {why}.")
        k = places[0]
        start, stop = self.window_offsets[k : k + 2]
        return Reading(
            row=row,
            context=[
                self._context_talkturn(entry, stop - 1 - entry)
                for entry in range(start, stop)
            ],
            tasks=dict(zip(self.tasks, self.task_weights[:, k].tolist(), strict=True)),
        )

    def table(self, level: str) -> Any:
        """Return the attention of one level as a tidy table.

        Parameters
        ----------
        level : {"words", "talkturns", "tasks"}
            What has a row of its own:

            - "words": each word of each talkturn of each window. Columns ``row``
              (predicted talkturn), ``talkturn`` (row of the talkturn that the word is
              part of), ``steps_back`` (0 for the predicted talkturn), ``position``
              (in the talkturn), ``word``, ``primary`` and ``auxiliary`` (exact weights
              of the branches there are), ``weight``, ``z``, ``bucket``.
            - "talkturns": each talkturn of each window. Columns ``row``, ``talkturn``,
              ``steps_back``, the exact weight of each task (``primary``,
              ``action__au05`` ...), ``weight``, ``z``, ``bucket``.
            - "tasks": each task of each predicted talkturn. Columns ``row``, ``task``,
              ``weight``.

        Returns
        -------
        table : DataFrame
            Of the library of the table that was read.

        Raises
        ------
        ValueError
            If there is no such level, or the model has no attention over tasks.
        """
        if level not in LEVELS:
            raise ValueError(f"level must be one of {list(LEVELS)}, got {level!r}.")
        if level == "tasks" and len(self.tasks) == 1:
            raise ValueError(
                "This model has no attention over tasks, only over words and "
                'talkturns: of the architectures, "rock" has it, if there are '
                "auxiliary tasks."
            )
        make = {
            "words": word_columns,
            "talkturns": talkturn_columns,
            "tasks": task_columns,
        }[level]
        return nw.from_dict(make(self), backend=self.backend).to_native()

    def _context_talkturn(self, entry: int, steps_back: int) -> ContextTalkturn:
        words = slice(*self.word_offsets[entry : entry + 2])
        return ContextTalkturn(
            row=int(self.window_rows[entry]),
            steps_back=int(steps_back),
            weight=float(self.talkturns.weights[entry]),
            z=float(self.talkturns.z[entry]),
            bucket=BUCKETS[self.talkturns.buckets[entry]],
            words=[
                Word(self.exact.words[index], weight, z, BUCKETS[bucket])
                for index, weight, z, bucket in zip(
                    self.word_index[words],
                    self.words.weights[words].tolist(),
                    self.words.z[words].tolist(),
                    self.words.buckets[words],
                    strict=True,
                )
            ],
        )

    def _repr_html_(self) -> str:
        """Say what is there, and show the last reading."""
        last = int(self.rows[-1])
        return (
            f"<p>Attention of {len(self)} talkturns. Row {last} was read like this; "
            "<code>[row]</code> shows another, <code>table(level)</code> all.</p>"
            f"{self[last]._repr_html_()}"
        )


def attention(
    estimator: Any, X: Any, rows: Iterable[int] | None = None
) -> OverallAttention:
    """Return what a model attended to when it predicted talkturns (A.5).

    Overall talkturn attention is the average of the talkturn attention of all tasks,
    weighted by the attention over tasks. Overall word attention is the average of the
    two branches, weighted by the attention of the primary task and by the sum of that
    of the auxiliary tasks. z-scores are taken over one window, that is over all that
    was read for one prediction: words among all its words, talkturns among all its
    talkturns; there is no padding among them.

    Parameters
    ----------
    estimator : HANRockClassifier, HANRockRegressor or Pipeline that ends in one
        The fitted model. Of a search, its best estimator is taken.
    X : DataFrame or sequence of str
        What ``estimator.predict`` takes.
    rows : iterable of int, default=None
        The predicted talkturns, as rows of `X`; all by default. The whole of `X` is
        read in any case, since its talkturns are each other's context.

    Returns
    -------
    overall : OverallAttention
        Arrays, and from them tables and readings. As large as `X` times the windows'
        size: for millions of talkturns, ask for some `rows` at a time.

    Raises
    ------
    TypeError
        If the model has no attention, or rows are no whole numbers.
    ValueError
        If no row is asked for, or one twice.
    IndexError
        If a row is not in the table.

    Notes
    -----
    The paper does not say what the z-score is taken over. A window is what one looks
    at in Figure 5, and it lets attention be compared between its talkturns. Word
    attention sums to 1 over a talkturn, not over the window, so that words of short
    talkturns have more of it: the only word of a backchannel has 1.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0, backend="polars")
    >>> model = HANRockClassifier(
    ...     content_size=3, word_gru=4, pri_gru=4, attention_units=4, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> overall = explain.attention(model, X)
    >>> overall.table("talkturns").columns
    ['row', 'talkturn', 'steps_back', 'primary', 'weight', 'z', 'bucket']
    >>> [(talkturn.row, talkturn.bucket) for talkturn in overall[1].context]
    [(0, 'none'), (1, 'medium')]
    """
    steps, model = split_pipeline(estimator)
    table = steps.transform(X) if steps is not None else X
    return overall_attention(model.attention(table), rows, table_library(X))


def overall_attention(
    exact: Attention, rows: Iterable[int] | None, backend: str
) -> OverallAttention:
    """Combine the exact weights for the windows of some predicted talkturns."""
    return OverallAttention(**vars(weigh_windows(exact, rows)), backend=backend)
