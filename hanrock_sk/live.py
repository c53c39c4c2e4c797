"""A fitted Pipeline, or estimator, at work while a conversation happens."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import narwhals as nw
from sklearn.pipeline import Pipeline

from hanrock_sk.estimators.live_model import LiveAttention, LivePrediction
from hanrock_sk.features._tables import check_backend
from hanrock_sk.talkturns.live_half import live_half
from hanrock_sk.talkturns.table import read_table

__all__ = ["LiveAttention", "LiveConversation", "LivePrediction"]


class LiveConversation:
    """One conversation, heard and predicted talkturn by talkturn.

    What is predicted of a talkturn is what ``predict`` gives for it on the table of
    the conversation so far, and on any longer one too: nothing looks ahead. Each
    talkturn is timed, narrated and word-encoded once.

    Parameters
    ----------
    model : Pipeline, HANRockClassifier or HANRockRegressor
        A fitted Pipeline that ends with an estimator, or the estimator alone. The
        steps of this package all work live. A step of your own does if it has an
        attribute ``keeps_rows_apart`` that is true: what it makes of a talkturn then
        depends on that row alone, which is checked with the second talkturn. One that
        needs earlier talkturns has a method ``live_half``, see Notes.
    backend : {"pandas", "polars"} or None, default=None
        Of which library the tables of one row are that the steps are given. None
        takes the faster, polars, if every step has a ``live_half`` and does not mind;
        else pandas; and where only one of them is installed, that one.

    Raises
    ------
    TypeError
        If a step of the Pipeline cannot work talkturn by talkturn, or does not say
        that it can.
    ImportError
        If `backend` is not installed.

    Notes
    -----
    ``live_half()`` returns an object with an attribute ``text``, the column in which
    the step reads what was said, or None; and a method ``hear(talkturn)``. That takes a
    table of one row, behind narwhals' interface, and returns it with the step's columns
    added, together with a function without arguments. The function is called once the
    whole Pipeline has taken the talkturn, and remembers it.

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

    def __init__(self, model: Any, *, backend: str | None = None) -> None:
        steps: list[tuple[str, Any]] = [("model", model)]
        if isinstance(model, Pipeline):
            steps = [
                (name, step)
                for name, step in model.steps
                if step is not None and step != "passthrough"
            ]
        if not hasattr(steps[-1][1], "live"):
            raise TypeError(
                "Live prediction takes a fitted HANRockClassifier or HANRockRegressor, "
                f"or a Pipeline that ends with one, got {type(steps[-1][1]).__name__}."
            )
        self._model = steps[-1][1]
        self._live = self._model.live()
        self._steps = [live_half(step, name) for name, step in steps[:-1]]
        self._trained_on = self._model.network_.trained_on
        self._column = self._trained_on.column or self._model.text
        # The first step that reads texts finds a text there.
        read = [half.text for half in self._steps if half.text is not None]
        self._text = [*read, self._column][0]
        ours = all(hasattr(step, "live_half") for _, step in steps[:-1])
        self._backend = _backend(backend, ["polars", "pandas"] if ours else ["pandas"])

    def add(self, talkturn: Mapping[str, Any] | str) -> LivePrediction:
        """Hear the next talkturn, and predict it.

        Parameters
        ----------
        talkturn : mapping of str to object, or str
            Its columns: the text, and whatever else the training table had that the
            Pipeline reads. The conversation need not be named, and the speaker may be
            None: somebody else than anybody before. A string is the text.

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
        required = [self._column]
        if isinstance(talkturn, str):
            talkturn = {self._text: talkturn}
        elif self._trained_on.sizes.speakers:
            required.append(self._trained_on.speaker)
        table = _one_row(talkturn, self._backend)
        finished = []
        for step in self._steps:
            table, remember = step.hear(table)
            finished.append(remember)
        table = read_table(table, required=required)
        names = self._trained_on.columns
        said = names.text if self._column == names.narrative else self._column
        text, speaker, verbatim = (
            table[name].to_list()[0] if name in table.columns else None
            for name in (self._column, names.speaker, said)
        )
        prediction = self._live.add(text, speaker, verbatim, table)
        for remember in finished:
            remember()
        return prediction


def _backend(named: str | None, preferred: list[str]) -> Any:
    """Choose the library of the tables."""
    if named is None:
        there = [name for name in preferred if find_spec(name) is not None]
        return there[0] if there else "polars"
    check_backend(named)
    return named


def _one_row(talkturn: Mapping[str, Any], backend: Any) -> nw.DataFrame:
    """Make a table of one talkturn."""
    columns = {
        name: [value] for name, value in talkturn.items() if name != "conversation"
    }
    return nw.from_dict(columns, backend=backend)
