"""What a word or a talkturn does: it is left out, and the prediction made anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from hanrock_sk.estimators.altered_windows import AlteredWindows
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.variants import Variants
from hanrock_sk.explain.changes import Occlusion
from hanrock_sk.explain.fitted_model import split_pipeline, table_library
from hanrock_sk.explain.window_weights import check_rows
from hanrock_sk.model.layout.bags import ranges

WORDS_AT_A_TIME = 1 << 16
"""Words of variants that are encoded before windows read them."""


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
    for it; the predicted talkturn itself stays, with nothing said in it. Of a model
    with ``features=[...]``, each cell of the predicted talkturn is taken for empty.

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
        If the model is none of ours, or rows are no whole numbers.
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
        features=altered.encoder.features,
        feature_changes=_without_features(altered, targets, outputs),
    )
    _leave_out_talkturns(altered, targets, entries, made)
    if words:
        _leave_out_words(altered, targets, context_words, made)
    return made


def _without_features(
    altered: AlteredWindows, targets: np.ndarray, outputs: np.ndarray
) -> np.ndarray | None:
    """Return what changes if a cell of a target's own features were empty."""
    n_columns = len(altered.encoder.features)
    if not n_columns:
        return None
    variants = Variants.without_each_feature(
        targets, altered.encoder.lengths[targets], n_columns
    )
    which = np.arange(len(variants))
    left = altered.with_variants(variants, which, np.repeat(targets, n_columns))
    changes = outputs[:, None] - left.reshape(len(targets), n_columns, -1)
    return changes.astype(np.float32)


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
