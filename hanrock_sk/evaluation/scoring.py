"""Scikit-learn's scorers, for conversations in which not every talkturn has a label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any, overload

import numpy as np
from sklearn.metrics import get_scorer
from sklearn.utils import check_consistent_length

from hanrock_sk._base.sklearn_scorers import _BaseScorer
from hanrock_sk.talkturns.sample_weight import read_weighted_labels

OF_EACH_ROW = ("log_loss", "brier_score_loss", "top_k_accuracy_score")
"""Metrics that mean something where all labels scored are of one class."""


@overload
def labelled_scorer(name: str | _BaseScorer) -> LabelledScorer: ...
@overload
def labelled_scorer(
    name: Mapping[str, str | _BaseScorer] | Iterable[str],
) -> dict[str, LabelledScorer]: ...
def labelled_scorer(
    name: str | _BaseScorer | Mapping[str, str | _BaseScorer] | Iterable[str],
) -> LabelledScorer | dict[str, LabelledScorer]:
    """Make a scorer, or several, that skip the talkturns without a label.

    The estimator predicts every row, because talkturns without a label are context of
    their neighbours; only then are the rows without a label left out of the score.

    Parameters
    ----------
    name : str, scorer, sequence of str, or mapping of str to str or scorer
        A scorer of scikit-learn's, such as ``"accuracy"``, ``"balanced_accuracy"`` (the
        paper's MA), ``"f1_weighted"``, ``"neg_log_loss"`` or
        ``"neg_mean_absolute_error"``; `sklearn.metrics.get_scorer_names` lists them.
        Or what `sklearn.metrics.make_scorer` makes, for one class or a metric of your
        own. Several, as a sequence or by names of your own, predict once together.

    Returns
    -------
    scorer : callable, or dict of str to callable
        Called as ``scorer(estimator, X, y, sample_weight=None)``; for the `scoring`
        parameter of scikit-learn's searches and cross-validation, as is the dict of
        several. With metadata routing, ``set_score_request(sample_weight=True)`` asks
        for weights. A label of weight zero is as good as missing. Scorers raise a
        ValueError where all labels are missing, or where the metric reads
        probabilities and there is a label that the model was not trained on.

    Raises
    ------
    ValueError
        If scikit-learn has no scorer of that name.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from hanrock_sk.evaluation import labelled_scorer
    >>> talkturns = [["hello"], ["hi"], ["bye"]]
    >>> model = DummyClassifier().fit(talkturns, ["open", "open", "close"])
    >>> labelled_scorer("accuracy")(model, talkturns, ["open", None, "close"])
    0.5
    >>> labelled_scorer(["accuracy", "f1_macro"])
    {'accuracy': labelled_scorer('accuracy'), 'f1_macro': labelled_scorer('f1_macro')}

    The F1 of one class:

    >>> from sklearn.metrics import f1_score, make_scorer
    >>> of_open = make_scorer(f1_score, pos_label="open")
    >>> round(labelled_scorer(of_open)(model, talkturns, ["open", None, "close"]), 3)
    0.667
    """
    if isinstance(name, str | _BaseScorer):
        # Looked up here so that a wrong name fails before anything is trained.
        get_scorer(name)
        return LabelledScorer(name)
    named = name if isinstance(name, Mapping) else {each: each for each in name}
    return {key: labelled_scorer(metric) for key, metric in named.items()}


class LabelledScorer(_BaseScorer):
    """What `labelled_scorer` makes: it knows the name alone, so it travels anywhere.

    Parameters
    ----------
    name : str or scorer
        The scorer of scikit-learn's that it asks, by name if it has one.
    """

    def __init__(self, name: str | _BaseScorer) -> None:
        self.name = name

    # What scikit-learn reads off a scorer, to let several share one prediction and to
    # know whether it takes weights.
    @property
    def _score_func(self) -> Callable[..., float]:
        return get_scorer(self.name)._score_func

    @property
    def _response_method(self) -> Any:
        return get_scorer(self.name)._response_method

    @property
    def _sign(self) -> int:
        return get_scorer(self.name)._sign

    @property
    def _kwargs(self) -> dict[str, Any]:
        return get_scorer(self.name)._kwargs

    def _score(
        self,
        method_caller: Callable,
        estimator: Any,
        X: Any,
        y_true: Any,
        **kwargs: Any,
    ) -> float:
        """Score the estimator's predictions on the rows of `X` that have a label."""
        check_consistent_length(X, y_true)
        weights = kwargs.pop("sample_weight", None)
        if weights is not None and not self._accept_sample_weight():
            raise ValueError(f"{self} takes no sample_weight: its metric has none.")
        n_rows = len(y_true)
        values, labelled, counts = read_weighted_labels(y_true, n_rows, weights)
        if not labelled.any():
            weightless = "" if weights is None else " or have weight zero"
            raise ValueError(
                f"All {n_rows} labels are missing{weightless}: {self} has nothing to "
                "score."
            )
        _warn_if_torn(estimator, X)
        if counts is not None:
            kwargs["sample_weight"] = counts[labelled]
        scorer = get_scorer(self.name)
        if "predict_proba" in scorer._response_method:  # its name, or several
            known = getattr(estimator, "classes_", None)
            if known is not None:
                _refuse_unknown(values[labelled], known, self)
                kwargs |= _told_classes(values[labelled], known, scorer)

        def predict_labelled(
            estimator: Any, method: str, *args: Any, **more: Any
        ) -> Any:
            return np.asarray(method_caller(estimator, method, *args, **more))[labelled]

        return float(
            scorer._score(predict_labelled, estimator, X, values[labelled], **kwargs)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelledScorer) and self.name == other.name

    def __hash__(self) -> int:
        return hash((LabelledScorer, self.name))

    def __repr__(self) -> str:
        """Write the call that makes this scorer."""
        return f"labelled_scorer({self.name!r})"


def _told_classes(labels: np.ndarray, classes: Any, scorer: Any) -> dict[str, Any]:
    """Tell a metric the classes of the columns that it reads, if it can be told.

    It takes them else for the classes of the labels scored, of which a fold may have
    fewer than the training had. Metrics that compare classes refuse a single one, but
    only if they are not told of others.
    """
    metric = scorer._score_func
    is_comparison = getattr(metric, "__name__", "") not in OF_EACH_ROW
    if is_comparison and len(set(labels.tolist())) < 2:
        return {}
    if "labels" in scorer._kwargs or "labels" not in signature(metric).parameters:
        return {}
    return {"labels": classes}


def _refuse_unknown(labels: np.ndarray, classes: Any, scorer: Any) -> None:
    classes = np.asarray(classes).tolist()
    unknown = sorted(set(labels.tolist()) - set(classes))
    if unknown:
        raise ValueError(
            f"{scorer} asks how probable labels are, and the model does not know "
            f"{unknown}, which it was not trained on. Its classes are {classes}."
        )


def _warn_if_torn(estimator: Any, X: Any) -> None:
    """Let the estimator at the end of a Pipeline or search see what it is scored on."""
    while (inner := getattr(estimator, "best_estimator_", None)) is not None:
        estimator = inner
    if hasattr(estimator, "steps"):
        estimator = estimator.steps[-1][1]
    if hasattr(estimator, "_warn_if_torn"):
        estimator._warn_if_torn(X)
