"""What a word or a talkturn does: it is left out, and the prediction made anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index as whole_number
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.base import is_classifier

from hanrock_sk.estimators.altered_windows import AlteredWindows
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.variants import Variants
from hanrock_sk.explain.effects import Effects, TalkturnEffect, WordEffect
from hanrock_sk.explain.fitted_model import split_pipeline, table_library
from hanrock_sk.explain.window_weights import check_rows
from hanrock_sk.model.layout.bags import ranges

WORDS_AT_A_TIME = 1 << 16
"""Words of variants that are encoded before windows read them."""

OCCLUDED_LEVELS = ("words", "talkturns")


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

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> model = HANRockClassifier(
    ...     content_size=3, word_gru=4, pri_gru=4, attention_units=4, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> occlusion = explain.occlusion(model, X, rows=[4, 5])
    >>> occlusion.window_rows.tolist(), occlusion.talkturn_effects.shape
    ([2, 3, 4, 3, 4, 5], (6,))
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
        return Effects(row, prediction, float(self.outputs[k, output]), context)

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
        level : {"words", "talkturns"}
            What has a row of its own: each word of each talkturn of each window, or
            each talkturn of each window.

        Returns
        -------
        table : DataFrame
            Columns ``row`` (predicted talkturn), ``talkturn`` (row of the talkturn
            left out, or that the word is part of), ``steps_back``, for words
            ``position`` and ``word``, and ``effect``: what it changed in the
            probability of the predicted class, or in the value.

        Raises
        ------
        ValueError
            If there is no such level.
        """
        if level not in OCCLUDED_LEVELS:
            raise ValueError(
                f"level must be one of {list(OCCLUDED_LEVELS)}, got {level!r}."
            )
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


def occlusion(
    estimator: Any,
    X: Any,
    rows: Iterable[int] | None = None,
    *,
    words: bool = True,
    context_words: bool = True,
) -> Occlusion:
    """Leave out each word, and each talkturn of the context, and predict anew.

    What changes is what the word or talkturn did to the prediction. Words are left out
    one at a time; with an encoder, the raw text without the word is encoded anew.
    Talkturns of the context are left out of the window, which reaches no further back
    for it; the predicted talkturn itself stays, with nothing said in it.

    Parameters
    ----------
    estimator : HANRockClassifier, HANRockRegressor or Pipeline that ends in one
        The fitted model. Of a search, its best estimator is taken.
    X : DataFrame or sequence of str
        What ``estimator.predict`` takes.
    rows : iterable of int, default=None
        The predicted talkturns, as rows of `X`; all by default.
    words : bool, default=True
        Whether to leave out words; otherwise talkturns alone.
    context_words : bool, default=True
        Whether to leave out words of the context, too; otherwise of the predicted
        talkturn alone, which takes about ``content_size`` times fewer predictions.

    Returns
    -------
    occlusion : Occlusion
        The changes, and from them tables and effects.

    Raises
    ------
    TypeError
        If the model is none of ours.
    ValueError
        If no row is asked for, or one twice.
    IndexError
        If a row is not in the table.

    Notes
    -----
    One word at a time: of two words that say the same, leaving either out may change
    nothing. Words are those that the model reads, narrated ones included; further
    words of a talkturn longer than `max_words` don't move up.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0, backend="polars")
    >>> model = HANRockClassifier(
    ...     content_size=3, word_gru=4, pri_gru=4, attention_units=4, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> effects = explain.occlusion(model, X, rows=[1])[1]
    >>> [(talkturn.row, len(talkturn.words)) for talkturn in effects.context]
    [(0, 10), (1, 11)]
    """
    steps, model = split_pipeline(estimator)
    table = steps.transform(X) if steps is not None else X
    return occlusion_of(
        model, model._read_new(table), rows, table_library(X), words, context_words
    )


def occlusion_of(
    model: Any,
    talkturns: Talkturns,
    rows: Iterable[int] | None,
    backend: str,
    words: bool,
    context_words: bool,
) -> Occlusion:
    """Leave out words and talkturns of what a model has read; see `occlusion`."""
    chosen = check_rows(rows, len(talkturns))
    altered = AlteredWindows(model, talkturns)
    order = talkturns.conversations.order
    targets = talkturns.conversations.position[chosen]
    begin, lengths = altered.begin[targets], altered.encoder.lengths
    sizes = targets - begin + 1
    entries = ranges(begin, sizes)
    window_offsets = np.concatenate([[0], np.cumsum(sizes)])
    word_offsets = np.concatenate([[0], np.cumsum(lengths[entries])])
    outputs = altered.unchanged(targets)
    made = Occlusion(
        rows=chosen,
        classes=tuple(model.classes_.tolist()) if is_classifier(model) else None,
        outputs=outputs,
        window_offsets=window_offsets,
        window_rows=order[entries],
        talkturn_changes=np.empty((len(entries), outputs.shape[1]), np.float32),
        word_offsets=word_offsets,
        words=[word for at in entries for word in altered.encoder.words[at]],
        word_changes=np.full((word_offsets[-1], outputs.shape[1]), np.nan, np.float32),
        backend=backend,
    )
    _leave_out_talkturns(altered, targets, entries, made)
    if words:
        _leave_out_words(altered, targets, context_words, made)
    return made


def _leave_out_talkturns(
    altered: AlteredWindows, targets: np.ndarray, entries: np.ndarray, made: Occlusion
) -> None:
    """Fill in what each talkturn changed."""
    owner = np.repeat(np.arange(len(targets)), np.diff(made.window_offsets))
    context = np.flatnonzero(entries != targets[owner])
    if len(context):
        left = altered.without(entries[context], targets[owner[context]])
        made.talkturn_changes[context] = made.outputs[owner[context]] - left
    silent = Variants.silent(targets)
    left = altered.with_variants(silent, np.arange(len(targets)), targets)
    made.talkturn_changes[made.own_entries] = made.outputs - left


def _leave_out_words(
    altered: AlteredWindows, targets: np.ndarray, context_words: bool, made: Occlusion
) -> None:
    """Fill in what each word changed, a few talkturns at a time."""
    n_talkturns, lengths = len(altered.begin), altered.encoder.lengths
    number = np.full(n_talkturns, -1)
    number[targets] = np.arange(len(targets))
    # The targets whose windows a position stands in: itself, and those after it.
    last = np.searchsorted(altered.begin, np.arange(n_talkturns), side="right") - 1
    last = last if context_words else np.arange(n_talkturns)
    reach = last - np.arange(n_talkturns) + 1
    seen = ranges(np.arange(n_talkturns), reach)
    by = np.repeat(np.arange(n_talkturns), reach)
    is_asked = number[seen] >= 0
    seen, by = seen[is_asked], by[is_asked]
    positions, n_targets = np.unique(by, return_counts=True)
    starts = np.cumsum(n_targets) - n_targets
    cost = np.cumsum(lengths[positions] * lengths[positions])
    start = 0
    while start < len(positions):
        spent = cost[start - 1] if start else 0
        stop = int(np.searchsorted(cost, spent + WORDS_AT_A_TIME, side="right"))
        some = slice(start, max(stop, start + 1))
        here, start = positions[some], max(stop, start + 1)
        variants = Variants.without_each_word(here, lengths[here])
        # Each variant is read by all targets of its talkturn.
        readers = np.repeat(n_targets[some], lengths[here])
        which = np.repeat(np.arange(len(variants)), readers)
        at = ranges(np.repeat(starts[some], lengths[here]), readers)
        left = altered.with_variants(variants, which, seen[at])
        word = ranges(np.zeros_like(lengths[here]), lengths[here])[which]
        k = number[seen[at]]
        entry = made.window_offsets[k] + variants.positions[which]
        entry -= altered.begin[seen[at]]
        made.word_changes[made.word_offsets[entry] + word] = made.outputs[k] - left


def _of_output(changes: np.ndarray, output: np.ndarray) -> np.ndarray:
    return np.take_along_axis(changes, output[:, None], axis=1)[:, 0]
