"""What leaving out words and talkturns changed: arrays, tables and effects."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index as whole_number
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.explain.effects import Effects, TalkturnEffect, WordEffect
from hanrock_sk.model.layout.bags import ranges

OCCLUDED_LEVELS = ("words", "talkturns", "features")


@dataclass(frozen=True, repr=False)
class Occlusion:
    """What leaving out each word and each talkturn does to predictions.

    The layout is that of `OverallAttention`: what predicted talkturn k (``rows[k]``)
    was predicted from has the entries ``window_offsets[k]`` to
    ``window_offsets[k + 1]``, oldest talkturn first, and entry e has the words
    ``word_offsets[e]`` to ``word_offsets[e + 1]``. ``occlusion[row]`` is the `Effects`
    of one predicted talkturn.

    A change is the prediction as it is, less the prediction without the word or
    talkturn: positive where it raised the probability of the class, or the value.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_predicted,)
        Rows of the predicted talkturns in the table.
    classes : tuple or None
        The classes; None of a regressor.
    outputs : ndarray of float64, shape (n_predicted, n_outputs)
        Predicted probabilities of the classes, or values (one output).
    window_offsets : ndarray of int64, shape (n_predicted + 1,)
        Where each window begins.
    window_rows : ndarray of int64, shape (n_entries,)
        The row of the talkturn at each entry.
    talkturn_changes : ndarray of float32, shape (n_entries, n_outputs)
        What leaving the talkturn out changes. Of the predicted talkturn itself: what
        changes if nothing was said in it.
    word_offsets : ndarray of int64, shape (n_entries + 1,)
        Where the words of each entry begin.
    words : list of str
        The words of all entries.
    word_changes : ndarray of float32, shape (n_window_words, n_outputs)
        What leaving the word out changes. NaN where it was not tried: words of the
        context, with ``context_words=False``.
    backend : str
        The library of the tables, "pandas" or "polars".
    features : tuple of str
        The columns of features that the model reads beside the words.
    feature_changes : ndarray of float32, (n_predicted, n_features, n_outputs), or None
        What changes if the predicted talkturn's own cell of a column were empty.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain import Occlusion
    >>> changes = np.array([[0.3, -0.3]])
    >>> one = Occlusion(
    ...     np.array([7]), ("sad", "glad"), np.array([[0.8, 0.2]]), np.array([0, 1]),
    ...     np.array([7]), changes, np.array([0, 1]), ["hopeless"], changes, "pandas",
    ... )
    >>> one.word_effects.tolist()
    [0.3]
    """

    rows: np.ndarray
    classes: tuple[Any, ...] | None
    outputs: np.ndarray
    window_offsets: np.ndarray
    window_rows: np.ndarray
    talkturn_changes: np.ndarray
    word_offsets: np.ndarray
    words: list[str]
    word_changes: np.ndarray
    backend: Any
    features: tuple[str, ...] = ()
    feature_changes: np.ndarray | None = None

    def __len__(self) -> int:
        """Return the number of predicted talkturns."""
        return len(self.rows)

    def __repr__(self) -> str:
        """Show the sizes; the changes would fill the screen."""
        return (
            f"<Occlusion of {len(self)} talkturns, {len(self.window_rows)} talkturns "
            f"in their windows, {len(self.words)} words>"
        )

    @property
    def predicted(self) -> np.ndarray:
        """The output that is predicted: the likeliest class, or the value (0)."""
        return self.outputs.argmax(axis=1)

    @property
    def talkturn_effects(self) -> np.ndarray:
        """What each talkturn changed in the probability of the predicted class."""
        sizes = np.diff(self.window_offsets)
        return _of_output(self.talkturn_changes, np.repeat(self.predicted, sizes))

    @property
    def word_effects(self) -> np.ndarray:
        """What each word changed in the probability of the predicted class."""
        sizes = np.diff(self.word_offsets[self.window_offsets])
        return _of_output(self.word_changes, np.repeat(self.predicted, sizes))

    @property
    def feature_effects(self) -> np.ndarray:
        """What each talkturn's own features changed, shape (n_predicted, n_features).

        In the probability of the predicted class, or in the value.
        """
        if self.feature_changes is None:
            return np.zeros((len(self), 0))
        of_predicted = self.predicted[:, None, None]
        return np.take_along_axis(self.feature_changes, of_predicted, axis=2)[..., 0]

    @property
    def own_entries(self) -> np.ndarray:
        """The entry of each predicted talkturn itself: the last one of its window."""
        return self.window_offsets[1:] - 1

    def __getitem__(self, row: int) -> Effects:
        """Return the effects on the predicted talkturn in this row of the table."""
        row = whole_number(row)
        places = np.flatnonzero(self.rows == row)
        if not len(places):
            raise IndexError(
                f"Nothing was left out to predict row {row}. Ask `occlusion` for it."
            )
        k = int(places[0])
        start, stop = self.window_offsets[k : k + 2].tolist()
        output = int(self.predicted[k])
        context = [self._talkturn(e, stop - 1 - e, output) for e in range(start, stop)]
        prediction = None if self.classes is None else self.classes[output]
        features = dict(
            zip(self.features, self.feature_effects[k].tolist(), strict=True)
        )
        return Effects(
            row, prediction, float(self.outputs[k, output]), context, features
        )

    def _talkturn(self, entry: int, steps_back: int, output: int) -> TalkturnEffect:
        begin, end = self.word_offsets[entry : entry + 2].tolist()
        changes = self.word_changes[begin:end, output].tolist()
        return TalkturnEffect(
            row=int(self.window_rows[entry]),
            steps_back=steps_back,
            effect=float(self.talkturn_changes[entry, output]),
            words=[
                WordEffect(word, None if np.isnan(change) else change)
                for word, change in zip(self.words[begin:end], changes, strict=True)
            ],
        )

    def table(self, level: str) -> Any:
        """Return the effects at one level as a tidy table.

        Parameters
        ----------
        level : {"words", "talkturns", "features"}
            What has a row of its own: each word of each talkturn of each window, each
            talkturn of each window, or each feature of each predicted talkturn.

        Returns
        -------
        table : DataFrame
            Columns ``row`` (predicted talkturn), ``talkturn`` (row of the talkturn
            left out, or that the word is part of), ``steps_back``, for words
            ``position`` and ``word``, and ``effect``: what it changed in the
            probability of the predicted class, or in the value. Of features: ``row``,
            ``feature`` and ``effect``.

        Raises
        ------
        ValueError
            If there is no such level.
        """
        if level not in OCCLUDED_LEVELS:
            raise ValueError(
                f"level must be one of {list(OCCLUDED_LEVELS)}, got {level!r}."
            )
        if level == "features":
            of_features = {
                "row": np.repeat(self.rows, len(self.features)),
                "feature": list(self.features) * len(self),
                "effect": self.feature_effects.ravel(),
            }
            return nw.from_dict(of_features, backend=self.backend).to_native()
        sizes = np.diff(self.window_offsets)
        columns: dict[str, Any] = {
            "row": np.repeat(self.rows, sizes),
            "talkturn": self.window_rows,
            "steps_back": np.repeat(self.window_offsets[1:] - 1, sizes)
            - np.arange(len(self.window_rows)),
        }
        if level == "talkturns":
            columns["effect"] = self.talkturn_effects
        else:
            lengths = np.diff(self.word_offsets)
            columns = {
                name: np.repeat(values, lengths) for name, values in columns.items()
            }
            columns["position"] = ranges(np.zeros_like(lengths), lengths)
            columns["word"] = self.words
            columns["effect"] = self.word_effects
        return nw.from_dict(columns, backend=self.backend).to_native()

    def _repr_html_(self) -> str:
        """Say what is there, and show the effects on the last predicted talkturn."""
        last = int(self.rows[-1])
        return (
            f"<p>What was left out of {len(self)} talkturns. Row {last}; "
            "<code>[row]</code> shows another, <code>table(level)</code> all.</p>"
            f"{self[last]._repr_html_()}"
        )


def _of_output(changes: np.ndarray, output: np.ndarray) -> np.ndarray:
    return np.take_along_axis(changes, output[:, None], axis=1)[:, 0]
