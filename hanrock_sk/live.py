"""A fitted Pipeline, or estimator, at work while a conversation happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from importlib.util import find_spec
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from hanrock_sk.auxiliary import AuxiliaryTargets, AuxiliaryWeights
from hanrock_sk.estimators import HANRockClassifier, HANRockRegressor
from hanrock_sk.estimators.live import LiveAttention, LivePrediction
from hanrock_sk.features import Timings
from hanrock_sk.narrative import MonahNarrator, RunningBaseline
from hanrock_sk.narrative.narrator import NARRATIVE
from hanrock_sk.talkturns.table import add_columns, read_table
from hanrock_sk.talkturns.values import numbers

__all__ = ["LiveAttention", "LiveConversation", "LivePrediction"]

Remember = Callable[[], None]
Step = Callable[[nw.DataFrame], tuple[nw.DataFrame, Remember]]
"""Adds the columns of a step to a table of one talkturn, and says how to remember the
talkturn once it is certain that it was heard."""


class LiveConversation:
    """One conversation, heard and predicted talkturn by talkturn.

    What is predicted of a talkturn is what ``predict`` gives for it on the table of
    the conversation so far, and on any longer one too: nothing looks ahead. Each
    talkturn is timed, narrated and word-encoded once.

    Parameters
    ----------
    model : Pipeline, HANRockClassifier or HANRockRegressor
        A fitted Pipeline of `Timings`, `MonahNarrator`, `AuxiliaryTargets`,
        `AuxiliaryWeights` (any of them may be absent) and an estimator; or the
        estimator alone.

    Raises
    ------
    TypeError
        If a step of the Pipeline cannot work talkturn by talkturn.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from hanrock_sk import HANRockClassifier, MonahNarrator
    >>> from hanrock_sk.datasets import make_conversations
    >>> from hanrock_sk.live import LiveConversation
    >>> X, y = make_conversations(n_conversations=4, random_state=0)
    >>> model = HANRockClassifier(
    ...     word_gru=4, pri_gru=4, attention_units=4, max_epochs=1, device="cpu",
    ...     random_state=0,
    ... )
    >>> pipeline = make_pipeline(MonahNarrator(), model).fit(X, y)
    >>> conversation = LiveConversation(pipeline)
    >>> for talkturn in X.head(3).to_dict("records"):
    ...     said = conversation.add(talkturn)
    >>> bool(said.prediction == pipeline.predict(X.head(3))[-1])
    True
    """

    def __init__(self, model: Any) -> None:
        steps: list[tuple[str, Any]] = [("model", model)]
        if isinstance(model, Pipeline):
            steps = [
                (name, step)
                for name, step in model.steps
                if step is not None and step != "passthrough"
            ]
        if not isinstance(steps[-1][1], HANRockClassifier | HANRockRegressor):
            raise TypeError(
                "Live prediction takes a fitted HANRockClassifier or HANRockRegressor, "
                f"or a Pipeline that ends with one, got {type(steps[-1][1]).__name__}."
            )
        self._model = steps[-1][1]
        self._live = self._model.live()
        self._steps = [_live_step(name, step) for name, step in steps[:-1]]
        self._column = self._model.network_.trained_on.column or self._model.text
        self._text = _text_column([step for _, step in steps[:-1]]) or self._column

    def add(self, talkturn: Mapping[str, Any] | str) -> LivePrediction:
        """Hear the next talkturn, and predict it.

        Parameters
        ----------
        talkturn : mapping of str to object, or str
            Its columns: the text, and whatever else the training table had that the
            Pipeline reads. The conversation need not be named. A string is the text.

        Returns
        -------
        prediction : LivePrediction
            Class or value, probabilities, and what was attended to.

        Raises
        ------
        ValueError
            If the talkturn lacks a column that the Pipeline reads. The conversation
            then is as it was before.
        """
        if isinstance(talkturn, str):
            talkturn = {self._text: talkturn}
        table = _one_row(talkturn)
        finished = []
        for step in self._steps:
            table, remember = step(table)
            finished.append(remember)
        table = read_table(table, required=[self._column])
        prediction = self._live.add(table[self._column].to_list()[0])
        for remember in finished:
            remember()
        return prediction


def _text_column(steps: list[Any]) -> str | None:
    """Return the column in which the first step that reads texts finds them."""
    for step in steps:
        if isinstance(step, Timings):
            return step._settings["text"]
        if isinstance(step, MonahNarrator):
            return step.columns_["text"]
    return None


def _one_row(talkturn: Mapping[str, Any]) -> nw.DataFrame:
    """Make a table of one talkturn, in whatever library there is."""
    backend: Any = "polars" if find_spec("polars") is not None else "pandas"
    columns = {
        name: [value] for name, value in talkturn.items() if name != "conversation"
    }
    return nw.from_dict(columns, backend=backend)


def _live_step(name: str, step: Any) -> Step:
    """Make a step of a Pipeline work talkturn by talkturn."""
    if isinstance(step, AuxiliaryTargets | AuxiliaryWeights):
        return lambda table: (table, lambda: None)  # of use in training alone
    for kind, live in ((Timings, _LiveTimings), (MonahNarrator, _LiveNarrator)):
        if isinstance(step, kind):
            check_is_fitted(step)
            return live(step)
    raise TypeError(
        f"The step {name!r}, a {type(step).__name__}, cannot work talkturn by "
        "talkturn. Timings, MonahNarrator, AuxiliaryTargets, AuxiliaryWeights can."
    )


class _LiveTimings:
    """Timings that knows when the talkturns heard before were over."""

    def __init__(self, timings: Timings) -> None:
        self._timings, self._over = timings, np.nan

    def __call__(self, table: nw.DataFrame) -> tuple[nw.DataFrame, Remember]:
        settings = self._timings._settings
        start, end = settings["start"], settings["end"]
        table = read_table(table, required=[settings["text"], start, end])
        columns = self._timings._time(table, settings, self._over)
        ends = [numbers(table, start)[0], numbers(table, end)[0]]

        def remember() -> None:
            # Without conversations, none has a talkturn before.
            if settings["conversation"] in self._timings._columns_read:
                self._over = np.fmax.reduce([self._over, *ends])

        return add_columns(table, columns), remember


class _LiveNarrator:
    """A narrator that remembers how the talkturns heard before sounded."""

    def __init__(self, narrator: MonahNarrator) -> None:
        self._narrator, self._running = narrator, RunningBaseline()

    def __call__(self, table: nw.DataFrame) -> tuple[nw.DataFrame, Remember]:
        needed = [
            column
            for role, column in self._narrator.columns_.items()
            if role != "conversation"
        ]
        table = read_table(table, required=needed)
        running = deepcopy(self._running)
        narrative = self._narrator._narrate(table, running)

        def remember() -> None:
            # Without conversations, no talkturn is compared with earlier ones.
            if "conversation" in self._narrator.columns_:
                self._running = running

        return add_columns(table, {NARRATIVE: narrative}), remember
