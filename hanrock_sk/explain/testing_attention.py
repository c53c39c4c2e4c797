"""Whether attention tells what predictions rest on: it is put to the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import check_random_state

from hanrock_sk.estimators.altered_windows import AlteredWindows
from hanrock_sk.evaluation import mean_absolute_error, mean_accuracy
from hanrock_sk.explain.changes import Occlusion
from hanrock_sk.explain.faithfulness_result import Faithfulness
from hanrock_sk.explain.fitted_model import split_pipeline, table_library
from hanrock_sk.explain.fusion_shares import shares_of
from hanrock_sk.explain.leaving_out import occlusion_of
from hanrock_sk.explain.overall import OverallAttention, overall_attention
from hanrock_sk.explain.rankings import left_without, rank_correlation
from hanrock_sk.explain.window_weights import check_rows
from hanrock_sk.model.attention import AttentionPooling
from hanrock_sk.talkturns.labels import read_labels


def faithfulness(
    models: Any,
    X: Any,
    y: Any = None,
    rows: Iterable[int] | None = None,
    *,
    random_state: Any = 0,
) -> Faithfulness:
    """Test how far attention tells what predictions rest on.

    Attention says what a model weighted. Whether the prediction depends on it is tested
    by leaving words and talkturns out (see `occlusion`), as ERASER does, and by making
    attention uniform.

    Parameters
    ----------
    models : estimator, or several of them
        A fitted HANRockClassifier, HANRockRegressor or Pipeline that ends in one. Of a
        list or mapping, such as one model for each of several seeds, the first is
        tested, and how far they agree is told as well.
    X : DataFrame or sequence of str
        What ``predict`` takes; best talkturns that the model was not trained on.
    y : array-like of shape (n_talkturns,), default=None
        Labels, for the score of the predicted talkturns as it is and with uniform
        attention; missing ones are skipped.
    rows : iterable of int, default=None
        The predicted talkturns, as rows of `X`; all by default. Some hundreds tell as
        much as all.
    random_state : int, RandomState instance or None, default=0
        Draws the random words.

    Returns
    -------
    faithfulness : Faithfulness
        Printed, it says what it means for this model.

    Raises
    ------
    ValueError
        If there is no model, models read different words, windows of different sizes
        or know different classes, or there are labels, but none of a predicted
        talkturn.
    TypeError
        If a model has no attention, or `rows` is a mask.

    Notes
    -----
    Words are those of the predicted talkturn. Talkturns with fewer than three words,
    or windows with fewer than three talkturns, have no say in rank correlations.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(8, 6, random_state=0)
    >>> model = HANRockClassifier(
    ...     content_size=3, word_gru=4, pri_gru=4, attention_units=4, max_epochs=3,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> result = explain.faithfulness(model, X, y, rows=range(20))
    >>> sorted(result.comprehensiveness)
    ['attention', 'occlusion', 'random']
    """
    if isinstance(models, Mapping):
        models = list(models.values())
    elif not isinstance(models, list | tuple):
        models = [models]
    if not models:
        raise ValueError("There is no model to test.")
    rows = None if rows is None else list(rows)
    labels = None if y is None else _labels_of(y, len(X), rows)
    tested = [_Tested.of(model, X, rows) for model in models]
    first = tested[0]
    comprehensiveness, sufficiency = _erase(first, check_random_state(random_state))
    score, score_name = None, "mean accuracy"
    if not is_classifier(first.model):
        score_name = "mean absolute error"
    if labels is not None:
        score = {
            "as it is": _score(first.model, first, labels),
            "uniform": _score(with_uniform_attention(first.model), first, labels),
        }
    return Faithfulness(
        n_talkturns=len(first.occlusion),
        output="probability" if is_classifier(first.model) else "value",
        correlation={
            "words": _correlate(first.words, first.word_effects, first.word_offsets),
            "talkturns": _correlate(
                first.talkturns,
                first.talkturn_effects,
                first.occlusion.window_offsets,
            ),
        },
        comprehensiveness=comprehensiveness,
        sufficiency=sufficiency,
        score=score,
        score_name=score_name,
        fusion=shares_of(first.overall),
        agreement=_agree(tested) if len(tested) > 1 else None,
    )


@dataclass(frozen=True)
class _Tested:
    """A model, what it weighted, and what changed."""

    model: Any
    read: Any
    overall: OverallAttention
    occlusion: Occlusion

    @classmethod
    def of(cls, estimator: Any, X: Any, rows: list[int] | None) -> _Tested:
        steps, model = split_pipeline(estimator)
        read = steps.transform(X) if steps is not None else X
        library = table_library(X)
        overall = overall_attention(model.attention(read), rows, library)
        left_out = occlusion_of(
            model, model._read_new(read), rows, library, True, False
        )
        return cls(model, read, overall, left_out)

    @property
    def own(self) -> np.ndarray:
        """Which words of all windows are those of the predicted talkturns."""
        offsets, entries = self.occlusion.word_offsets, self.occlusion.own_entries
        return np.concatenate(
            [np.arange(offsets[entry], offsets[entry + 1]) for entry in entries]
        )

    @property
    def word_offsets(self) -> np.ndarray:
        """Where the words of each predicted talkturn begin."""
        sizes = np.diff(self.occlusion.word_offsets)[self.occlusion.own_entries]
        return np.concatenate([[0], np.cumsum(sizes)])

    @property
    def unit(self) -> float:
        """What effects are measured in: probabilities, or the spread of the values."""
        spread = float(self.occlusion.outputs.std())
        return 1.0 if is_classifier(self.model) else spread or 1.0

    @property
    def word_effects(self) -> np.ndarray:
        """The size of what each word of the predicted talkturns changed, in units."""
        return np.abs(self.occlusion.word_effects[self.own]) / self.unit

    @property
    def talkturn_effects(self) -> np.ndarray:
        """The size of what each talkturn of the windows changed, in units."""
        return np.abs(self.occlusion.talkturn_effects) / self.unit

    @property
    def word_support(self) -> np.ndarray:
        """How far each of these words made the model predict what it does.

        A word may speak against the class that is predicted; a value has no other side.
        """
        if is_classifier(self.model):
            return self.occlusion.word_effects[self.own]
        return self.word_effects

    @property
    def words(self) -> dict[str, np.ndarray]:
        """Attention to the words of the predicted talkturns."""
        overall, own = self.overall, self.own
        exact = overall.exact.word_weights[:, overall.word_index[own]]
        return {"shown": overall.words.weights[own]} | dict(
            zip(("primary", "auxiliary"), exact, strict=False)
        )

    @property
    def talkturns(self) -> dict[str, np.ndarray]:
        """Attention to the talkturns of the windows."""
        overall = self.overall
        exact = overall.exact.talkturn_weights[:, overall.entry_index]
        weights = {"shown": overall.talkturns.weights, "primary": exact[0]}
        return weights | (
            {"auxiliary": exact[1:].mean(axis=0)} if len(exact) > 1 else {}
        )


def with_uniform_attention(model: Any) -> Any:
    """Return a copy of a model that weights all words, and all talkturns, the same."""
    model = deepcopy(model)
    for part in model.network_.net.module_.modules():
        if isinstance(part, AttentionPooling):
            part.query.data.zero_()
    return model


def _correlate(
    weights: dict[str, np.ndarray], effects: np.ndarray, offsets: np.ndarray
) -> dict[str, float]:
    return {
        name: rank_correlation(weight, effects, offsets)
        for name, weight in weights.items()
    }


def _erase(
    tested: _Tested, random: np.random.RandomState
) -> tuple[dict[str, float], dict[str, float]]:
    """Leave out, and keep alone, the first words of three orders."""
    talkturns = tested.model._read_new(tested.read)
    altered = AlteredWindows(tested.model, talkturns)
    targets = talkturns.conversations.position[tested.occlusion.rows]
    output = tested.occlusion.predicted
    base = tested.occlusion.outputs[np.arange(len(targets)), output]
    bounds = tested.word_offsets[1:-1]
    ranked = {
        "attention": np.split(tested.words["shown"], bounds),
        "occlusion": np.split(tested.word_support, bounds),
        "random": np.split(random.random_sample(tested.word_offsets[-1]), bounds),
    }
    results: list[dict[str, float]] = [{}, {}]
    for name, weights in ranked.items():
        orders = [np.argsort(-each, kind="stable") for each in weights]
        for keep, result in zip((False, True), results, strict=True):
            change = base - left_without(altered, targets, orders, output, keep)
            if not is_classifier(tested.model):
                change = np.abs(change)
            result[name] = float(change.mean())
    return results[0], results[1]


def _labels_of(y: Any, n_rows: int, rows: list[int] | None) -> list[Any]:
    """Return the labels of the predicted talkturns; None where there is none."""
    values, present = read_labels(y, n_rows)
    chosen = check_rows(rows, n_rows)
    if not present[chosen].any():
        raise ValueError(
            f"y has no label of any of the {len(chosen)} predicted talkturns: pass "
            "rows that have labels, or no y."
        )
    known = [(values[row], present[row]) for row in chosen.tolist()]
    return [value if there else None for value, there in known]


def _score(model: Any, tested: _Tested, labels: list[Any]) -> float:
    """Score a model on the predicted talkturns alone, which the others are around."""
    measure = mean_accuracy if is_classifier(model) else mean_absolute_error
    return measure(labels, model.predict(tested.read)[tested.occlusion.rows])


def _agree(tested: list[_Tested]) -> dict[str, float]:
    """Compare each model with each other one."""
    pairs = []
    for one, other in combinations(tested, 2):
        if one.overall.exact.words != other.overall.exact.words:
            raise ValueError(
                "The models read different words, so that their attention cannot be "
                "compared. Pass models that were trained alike, but for the seed."
            )
        words, talkturns = one.word_offsets, one.occlusion.window_offsets
        if len(other.occlusion.window_rows) != len(one.occlusion.window_rows):
            raise ValueError("The models read windows of different sizes.")
        a, b = one.occlusion, other.occlusion
        if a.classes != b.classes:
            raise ValueError(
                "The models know different classes, so that what they predict cannot "
                f"be compared: {a.classes} and {b.classes}, None being a regressor's. "
                "Pass models that were trained alike, but for the seed."
            )
        alike = (
            (a.predicted == b.predicted).mean()
            if a.classes is not None
            else np.corrcoef(a.outputs[:, 0], b.outputs[:, 0])[0, 1]
        )
        pairs.append(
            {
                "predictions": alike,
                "attention to words": rank_correlation(
                    one.words["shown"], other.words["shown"], words
                ),
                "attention to talkturns": rank_correlation(
                    one.talkturns["shown"], other.talkturns["shown"], talkturns
                ),
                "effects of words": rank_correlation(
                    one.word_effects, other.word_effects, words
                ),
                "effects of talkturns": rank_correlation(
                    one.talkturn_effects, other.talkturn_effects, talkturns
                ),
            }
        )
    return {name: float(np.mean([pair[name] for pair in pairs])) for name in pairs[0]}
