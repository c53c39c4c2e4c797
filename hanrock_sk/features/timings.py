"""Start and end times to delay, speech rate, duration and overlap."""

from __future__ import annotations

import re
from functools import partial
from numbers import Real
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.utils.validation import check_is_fitted

from hanrock_sk._base.callbacks import fit_task
from hanrock_sk._base.sklearn_private import Interval, _fit_context
from hanrock_sk.features.earlier_ends import Before, latest_end_before
from hanrock_sk.talkturns.doubts import (
    warn_of_backward_starts,
    warn_of_missing_ends,
    warn_of_rows_alone,
)
from hanrock_sk.talkturns.live_half import CarryingHalf, LiveHalf
from hanrock_sk.talkturns.table import (
    check_roles,
    read_table,
    require_columns,
    require_named,
)
from hanrock_sk.talkturns.table_transformer import TableTransformer
from hanrock_sk.talkturns.values import read_numbers, read_texts

# Also the marks that the tokenizer takes for one word each.
_MARK = re.compile(r"\{[^{}]*\}|\[[^\W\d_][\w:/-]*\]|</?[^\W\d_][\w:/-]*>")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """Count the words that were said.

    A word is what stands between white space and holds a letter or a digit. Marks such
    as ``{vocalsound}``, ``[LAUGHTER]`` and ``<laugh>`` are sounds, gaps or breaks, not
    words; in braces they may be of several words.

    Parameters
    ----------
    text : str
        What was said.

    Returns
    -------
    count : int
        The number of words.

    Examples
    --------
    >>> from hanrock_sk.features.timings import count_words
    >>> count_words("Um {vocalsound} it 's 4 - I mean - {disfmarker}")
    6
    """
    return sum(map(bool, map(_LETTER_OR_DIGIT.search, _MARK.sub(" ", text).split())))


class Timings(TableTransformer):
    """Turn start and end times into delay, speech rate, duration and overlap.

    Parameters
    ----------
    conversation : str, default="conversation"
        Column that says which conversation a talkturn belongs to. Without it each
        talkturn is a conversation of its own: it has no delay.
    text : str, default="text"
        Column of what was said.
    start, end : str, default="start", "end"
        Columns of times within the conversation, in seconds.
    max_delay : float or None, default=10.0
        Delays are clipped to plus and minus this many seconds; None leaves them.
    max_speech_rate : float or None, default=600.0
        Speech rates are clipped to this many words per minute; None leaves them.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of the training table.
    feature_names_in_ : ndarray of str
        Names of the columns of the training table.

    Raises
    ------
    ValueError
        If a column needed is not there, times are not finite numbers, a text is
        missing, or the table already has one of the columns to add: measured values
        are never overwritten with these.

    Notes
    -----
    The columns added, missing where they cannot be known:

    ``delay`` (seconds)
        Silence before the talkturn: its start minus the latest end of the talkturns
        before it; negative where somebody was still speaking. Where talkturns follow
        one another this is the end of the one just before. Where one of them runs on
        behind a short "yeah", it is not mistaken for a silence. Missing for the first
        talkturn, which nothing precedes, and behind a talkturn without an end; of
        those that have a start `fit` and `transform` warn.
    ``speech_rate`` (words per minute)
        Words x 60 / duration; missing where no word was said. Words hold a letter or a
        digit; marks such as ``{vocalsound}`` are none.
    ``duration`` (seconds)
        End minus start; missing if that is not positive or not known. Such a talkturn
        counts as over at its start.
    ``overlap`` (seconds)
        How much of the talkturn went by before all earlier ones were over, from 0 to
        its duration.

    Times found by hand or by alignment err: talkturns last hundredths of a second,
    clocks jump by minutes where a recording was cut. One such value would dwarf all
    others in a mean and a deviation, hence the limits.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk import Timings
    >>> talkturns = pl.DataFrame(
    ...     {
    ...         "conversation": ["meeting"] * 3,
    ...         "text": ["Shall we begin", "Yeah", "Good {vocalsound}"],
    ...         "start": [10.0, 11.5, 13.25],
    ...         "end": [13.0, 12.0, 14.25],
    ...     }
    ... )
    >>> timed = Timings().fit_transform(talkturns)
    >>> for name in ("delay", "speech_rate", "duration", "overlap"):
    ...     print(name, timed[name].to_list())
    delay [None, -1.5, 0.25]
    speech_rate [60.0, 120.0, 60.0]
    duration [3.0, 0.5, 1.0]
    overlap [0.0, 0.5, 0.0]
    """

    _columns_added = [
        "delay",
        "speech_rate",
        "duration",
        "overlap",
    ]

    _parameter_constraints: dict = {
        "conversation": [str],
        "text": [str],
        "start": [str],
        "end": [str],
        "max_delay": [Interval(Real, 0, None, closed="neither"), None],
        "max_speech_rate": [Interval(Real, 0, None, closed="neither"), None],
    }

    def __init__(
        self,
        *,
        conversation: str = "conversation",
        text: str = "text",
        start: str = "start",
        end: str = "end",
        max_delay: float | None = 10.0,
        max_speech_rate: float | None = 600.0,
    ) -> None:
        self.conversation = conversation
        self.text = text
        self.start = start
        self.end = end
        self.max_delay = max_delay
        self.max_speech_rate = max_speech_rate

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Timings:
        """Check the table; nothing is learnt.

        Parameters
        ----------
        X : DataFrame
            The talkturn table, pandas or polars.
        y : object
            Ignored.

        Returns
        -------
        self : Timings
            The fitted transformer.
        """
        with fit_task(self, X, y):
            self._learn(X)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Check the table and add the columns, as `transform` does.

        Parameters
        ----------
        X : DataFrame
            The talkturn table, pandas or polars.
        y : object
            Ignored.

        Returns
        -------
        talkturns : DataFrame
            The table with the timings, same rows in the same order.
        """
        self.fit(X, y)  # which has warned
        table = self._read_new(X)
        timed = self._time(table, self._settings)
        return self._write(table, timed)

    def _learn(self, X: Any) -> None:
        table = read_table(X)
        check_roles(
            conversation=self.conversation,
            text=self.text,
            start=self.start,
            end=self.end,
        )
        columns = [self.text, self.start, self.end]
        require_columns(table, columns)
        require_named(table, conversation=self.conversation)
        if self.conversation in table.columns:
            columns.append(self.conversation)
        settings = self.get_params(deep=False)
        self._time(table, settings)
        _warn(table, settings)

        # Nothing is stored before everything has been found in order.
        self._read_training(X)
        self._columns_read = columns
        self._settings = settings

    def transform(self, X: Any) -> Any:
        """Add the columns ``delay``, ``speech_rate``, ``duration``, ``overlap``.

        Parameters
        ----------
        X : DataFrame
            A talkturn table with the columns that `fit` used.

        Returns
        -------
        talkturns : DataFrame
            The table with the timings, same rows in the same order.

        Raises
        ------
        ValueError
            If the table lacks a column that `fit` used.
        """
        table = self._read_new(X)
        _warn(table, self._settings)
        return self._write(table, self._time(table, self._settings))

    def live_half(self) -> LiveHalf:
        """Return a half that remembers when the talkturns heard before were over.

        Returns
        -------
        half : LiveHalf
            Times each talkturn as `transform` does.
        """
        check_is_fitted(self)
        settings = self._settings
        start, end = settings["start"], settings["end"]
        # Without conversations, none has a talkturn before.
        alone = settings["conversation"] not in self._columns_read

        columns = partial(self._time_live, dict(settings), alone)
        text = settings["text"]
        return CarryingHalf(text, [text, start, end], Before(), columns)

    def _time_live(
        self, settings: dict[str, Any], alone: bool, talkturn: nw.DataFrame,
        before: Before,
    ) -> tuple[dict[str, np.ndarray], Before]:  # fmt: skip
        timed = self._time(talkturn, settings, before)
        if alone:
            return timed, before
        begun, ended = (
            float(read_numbers(talkturn, settings[name])[0])
            for name in ("start", "end")
        )
        over = float(np.fmax.reduce([before.over, begun, ended]))
        return timed, Before(over, bool(np.isnan(ended)))

    def _time(
        self,
        table: nw.DataFrame,
        settings: dict[str, Any],
        earlier: Before = Before(),  # noqa: B008 (a tuple, which nobody changes)
    ) -> dict[str, np.ndarray]:
        """Compute the columns to add.

        `settings` are the parameters as they were in `fit`; `earlier` is what is known
        of the talkturns before the table, if there were any.
        """
        taken = [name for name in self._columns_added if name in table.columns]
        if taken:
            raise ValueError(
                f"The talkturn table already has the column(s) {taken}. Drop or rename "
                "them to have them computed from the times, or leave Timings out."
            )
        start = read_numbers(table, settings["start"])
        end = read_numbers(table, settings["end"])
        said = read_texts(table, settings["text"])
        words = np.array([count_words(text) for text in said])
        duration = np.where(end > start, end - start, np.nan)
        # fmax passes over NaN: the other time, if one of them is missing.
        before, unknown = latest_end_before(
            table,
            settings["conversation"],
            np.fmax(start, end),
            np.isnan(end),
            earlier,
        )
        delay = np.where(unknown, np.nan, start - before)
        limit = settings["max_delay"]
        if limit is not None:
            delay = np.clip(delay, -limit, limit)
        rate = np.where(words > 0, words * 60 / duration, np.nan)
        if settings["max_speech_rate"] is not None:
            rate = np.minimum(rate, settings["max_speech_rate"])
        nothing_before = np.isnan(before) & ~np.isnan(duration)
        overlap = np.where(nothing_before, 0, np.clip(before - start, 0, duration))
        overlap = np.where(unknown, np.nan, overlap)
        return {
            "delay": delay,
            "speech_rate": rate,
            "duration": duration,
            "overlap": overlap,
        }


def _warn(table: nw.DataFrame, settings: dict[str, Any]) -> None:
    """Warn of what can be timed and is probably not what was meant."""
    conversation, start, end = (settings[n] for n in ("conversation", "start", "end"))
    starts = read_numbers(table, start)
    warn_of_rows_alone(table, conversation)
    warn_of_backward_starts(table, starts, start, conversation)
    warn_of_missing_ends(starts, read_numbers(table, end), end)
