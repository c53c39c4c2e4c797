"""Scorers that leave out unlabelled rows, against scoring the labelled rows by hand."""

from __future__ import annotations

import copy
import pickle
from contextlib import nullcontext

import numpy as np
import pytest
import sklearn
from scripts import forked_workers
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    make_scorer,
    mean_absolute_error,
    roc_auc_score,
)
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hanrock_sk.evaluation import labelled_scorer


class Neighbour(ClassifierMixin, BaseEstimator):
    """Predicts the word of the row before, so that rows are context of one another."""

    def fit(self, X, y):
        """Learn the classes; rows without a label are welcome."""
        self.classes_ = np.unique([label for label in y if label is not None])
        return self

    def predict(self, X):
        """Tell the previous row's word."""
        return np.roll(np.asarray(X).ravel(), 1)


class Constant(RegressorMixin, BaseEstimator):
    """Predicts a number."""

    def __init__(self, value=0.0):
        self.value = value

    def fit(self, X, y):
        """Learn nothing."""
        self.fitted_ = True
        return self

    def predict(self, X):
        """Tell the number."""
        return np.full(len(X), self.value)


@pytest.fixture(scope="module")
def labelled_and_not():
    """Three classes, a third of the labels missing; a model fitted on the others."""
    random = np.random.default_rng(0)
    X = random.normal(size=(90, 2))
    y = np.array(["a", "b", "c"])[(X[:, 0] + random.normal(size=90) > 0).astype(int)]
    y[X[:, 1] > 0.8] = "c"
    there = random.random(90) > 1 / 3
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(
        X[there], y[there]
    )
    return model, X, np.where(there, y, None), y[there], there


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("accuracy", accuracy_score),
        ("balanced_accuracy", balanced_accuracy_score),
        ("f1_weighted", lambda t, p: f1_score(t, p, average="weighted")),
    ],
)
def test_predictions(labelled_and_not, name, metric):
    model, X, y, kept, there = labelled_and_not
    expected = metric(kept, model.predict(X)[there])
    assert labelled_scorer(name)(model, X, y) == pytest.approx(expected)


def test_probabilities(labelled_and_not):
    model, X, y, kept, there = labelled_and_not
    probabilities = model.predict_proba(X)[there]
    assert labelled_scorer("neg_log_loss")(model, X, y) == pytest.approx(
        -log_loss(kept, probabilities)
    )
    assert labelled_scorer("roc_auc_ovr")(model, X, y) == pytest.approx(
        roc_auc_score(kept, probabilities, multi_class="ovr")
    )


def test_binary_decisions():
    X = np.arange(8.0)[:, None]
    y = np.array(["n", "n", "p", "n", "p", "p", "n", "p"], dtype=object)
    model = LogisticRegression().fit(X, y)
    y[[1, 6]] = None
    kept = [0, 2, 3, 4, 5, 7]
    expected = roc_auc_score(y[kept] == "p", model.decision_function(X)[kept])
    assert labelled_scorer("roc_auc")(model, X, y) == pytest.approx(expected)


def test_errors_are_negative():
    model = Constant(2.0).fit(None, None)
    score = labelled_scorer("neg_mean_absolute_error")(
        model, [[0]] * 4, [1.0, np.nan, 4.0, None]
    )
    assert score == -mean_absolute_error([1.0, 4.0], [2.0, 2.0]) == -1.5


def test_rows_without_a_label_are_context(frame):
    """The unlabelled second row decides what is predicted for the third."""
    talkturns = frame({"text": ["yes", "no", "yes", "yes"]})
    y = ["yes", None, "no", "yes"]
    model = Neighbour().fit(talkturns, y)
    assert labelled_scorer("accuracy")(model, talkturns, y) == 1.0


def test_same_as_scikit_learn_where_nothing_is_missing(labelled_and_not):
    model, X, _, kept, there = labelled_and_not
    for name in ("accuracy", "neg_log_loss", "f1_macro"):
        ours = labelled_scorer(name)(model, X[there], kept)
        assert ours == pytest.approx(
            sklearn.metrics.get_scorer(name)(model, X[there], kept)
        )


def test_all_labels_missing(labelled_and_not):
    model, X, *_ = labelled_and_not
    with pytest.raises(
        ValueError, match=r"All 90 labels .* labelled_scorer\('accuracy'\)"
    ):
        labelled_scorer("accuracy")(model, X, [None] * 90)


def test_another_length(labelled_and_not):
    model, X, *_ = labelled_and_not
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        labelled_scorer("accuracy")(model, X, ["a"] * 89)


def test_unknown_name():
    with pytest.raises(ValueError, match="'marvellous' is not a valid scoring value"):
        labelled_scorer("marvellous")


def test_no_probabilities():
    talkturns = [["yes"], ["no"]]
    model = Neighbour().fit(talkturns, ["yes", "no"])
    with pytest.raises(AttributeError, match="predict_proba"):
        labelled_scorer("neg_log_loss")(model, talkturns, ["yes", None])


def test_travels():
    scorer = labelled_scorer("f1_weighted")
    assert pickle.loads(pickle.dumps(scorer)) == scorer
    assert copy.deepcopy(scorer) == scorer
    assert repr(scorer) == "labelled_scorer('f1_weighted')"
    assert sklearn.clone(GridSearchCV(Constant(), {}, scoring=scorer)).scoring == scorer


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_search(n_jobs):
    y = np.array([1.0, np.nan, 3.0, 3.0, np.nan, 3.0])
    search = GridSearchCV(
        Constant(),
        {"value": [0.0, 3.0]},
        scoring=labelled_scorer("neg_mean_absolute_error"),
        cv=KFold(2),
        n_jobs=n_jobs,
        error_score="raise",
    )
    # Workers that are not forked would load torch, each for itself.
    with forked_workers() if n_jobs > 1 else nullcontext():
        search.fit(np.zeros((6, 1)), y)
    assert search.best_params_ == {"value": 3.0}
    assert search.cv_results_["split0_test_score"].tolist() == [-2.0, -1.0]


@pytest.mark.parametrize("routing", [False, True])
def test_several_scorers(routing):
    y = np.array([1.0, np.nan, 3.0, 3.0])
    scoring = {
        "absolute": labelled_scorer("neg_mean_absolute_error"),
        "squared": labelled_scorer("neg_mean_squared_error"),
    }
    with sklearn.config_context(enable_metadata_routing=routing):
        results = cross_validate(
            Constant(),
            np.zeros((4, 1)),
            y,
            scoring=scoring,
            cv=KFold(2),
            error_score="raise",
        )
    assert results["test_absolute"].tolist() == [-1.0, -3.0]
    assert results["test_squared"].tolist() == [-1.0, -9.0]


class Counting(Constant):
    """Counts how often it is asked."""

    asked = 0

    def predict(self, X):
        """Tell the number, and count."""
        type(self).asked += 1
        return super().predict(X)


def test_several_names():
    named = labelled_scorer({"ma": "balanced_accuracy", "f1": "f1_macro"})
    assert named == {
        "ma": labelled_scorer("balanced_accuracy"),
        "f1": labelled_scorer("f1_macro"),
    }
    assert labelled_scorer(("accuracy",)) == {"accuracy": labelled_scorer("accuracy")}
    with pytest.raises(ValueError, match="'marvellous' is not a valid"):
        labelled_scorer(["accuracy", "marvellous"])


@pytest.mark.parametrize("routing", [False, True])
def test_several_share_one_prediction(routing):
    y = np.array([1.0, np.nan, 3.0, 3.0])
    Counting.asked = 0
    with sklearn.config_context(enable_metadata_routing=routing):
        results = cross_validate(
            Counting(),
            np.zeros((4, 1)),
            y,
            scoring=labelled_scorer(["neg_mean_absolute_error", "neg_max_error"]),
            cv=KFold(2),
            error_score="raise",
        )
    assert results["test_neg_mean_absolute_error"].tolist() == [-1.0, -3.0]
    assert results["test_neg_max_error"].tolist() == [-1.0, -3.0]
    assert Counting.asked == 2  # once a fold


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "neg_log_loss"])
def test_weights(labelled_and_not, name):
    model, X, y, kept, there = labelled_and_not
    weights = np.random.default_rng(1).choice([0, 0.5, 2], len(y))
    expected = sklearn.metrics.get_scorer(name)(
        model, X[there], kept, sample_weight=weights[there]
    )
    found = labelled_scorer(name)(model, X, y, sample_weight=weights)
    assert found == pytest.approx(expected)
    assert found != pytest.approx(labelled_scorer(name)(model, X, y))


def test_a_label_of_weight_zero_is_missing(labelled_and_not):
    """Also a class that has no other: it is not among the true ones."""
    model, X, y, *_ = labelled_and_not
    weights = np.where(y == "c", 0.0, 1.0)
    scorer = labelled_scorer("balanced_accuracy")
    without = np.where(y == "c", None, y)
    assert scorer(model, X, y, sample_weight=weights) == scorer(model, X, without)
    with pytest.raises(ValueError, match="missing or have weight zero"):
        scorer(model, X, y, sample_weight=np.zeros(90))


@pytest.mark.parametrize(
    ("name", "weights", "message"),
    [
        ("accuracy", [-1] * 90, "sample_weight, row 0: a weight must be a number"),
        ("accuracy", [1] * 89, "has 89 weights for 90 talkturns"),
        (
            "neg_max_error",
            [1] * 90,
            r"labelled_scorer\('neg_max_error'\) takes no sample_weight",
        ),
    ],
)
def test_weights_that_do_not_do(labelled_and_not, name, weights, message):
    model, X, y, *_ = labelled_and_not
    with pytest.raises(ValueError, match=message):
        labelled_scorer(name)(model, X, y, sample_weight=weights)


def test_routed_weights():
    y = np.array([1.0, np.nan, 3.0, 3.0, 5.0, 1.0])
    weights = np.array([1, 9, 0, 2, 1, 1])
    scoring = labelled_scorer(["neg_mean_absolute_error", "neg_mean_squared_error"])
    with sklearn.config_context(enable_metadata_routing=True):
        for scorer in scoring.values():
            scorer.set_score_request(sample_weight=True)
        results = cross_validate(
            Constant(),
            np.zeros((6, 1)),
            y,
            params={"sample_weight": weights},
            scoring=scoring,
            cv=KFold(2),
            error_score="raise",
        )
    assert results["test_neg_mean_absolute_error"].tolist() == [-1.0, -3.0]
    assert results["test_neg_mean_squared_error"].tolist() == [-1.0, -(18 + 25 + 1) / 4]


def test_what_make_scorer_makes():
    words = [["yes"], ["no"], ["no"], ["yes"]]
    echo = Neighbour().fit(words, ["yes", "no"])
    of_yes = make_scorer(f1_score, pos_label="yes")
    found = labelled_scorer({"yes": of_yes})["yes"](
        echo, words, ["yes", None, "yes", "no"]
    )
    expected = f1_score(["yes", "yes", "no"], ["yes", "no", "no"], pos_label="yes")
    assert found == pytest.approx(expected)
    pickled = pickle.loads(pickle.dumps(labelled_scorer(of_yes)))
    assert pickled(echo, words, ["yes"] * 4) > 0
