"""What scikit-learn composes estimators with: it works, or is refused with a reason."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from every_estimator import taken
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, HalvingRandomSearchCV, learning_curve
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from tiny_estimators import have_same_weights, is_labelled, talkturns, tiny_classifier

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings
from hanrock_sk.evaluation import labelled_scorer


def pipeline_of(**params):
    return make_pipeline(
        MonahNarrator(),
        AuxiliaryTargets(history=1, future=1),
        AuxiliaryWeights(random_state=0),
        tiny_classifier(**{"max_epochs": 1, "lr": 0.05} | params),
    )


def labelled_talkturns(frame=pd.DataFrame):
    """Talkturns that all have a label, and splits by conversation."""
    columns, y = talkturns()
    y = np.array(["none" if label is None else label for label in y])
    folds = list(GroupKFold(2).split(y, groups=columns["conversation"]))
    return columns, frame(columns), y, folds


def in_library(frame):
    return "pandas" if frame is pd.DataFrame else "polars"


class TestColumnTransformer:
    def test_steps_for_some_columns(self, frame):
        columns, y = talkturns()
        X = frame(columns)
        untold = ["start", "end", "au05"]
        told = [name for name in columns if name not in untold]
        beside = ColumnTransformer(
            [("tell", MonahNarrator(), told)],
            remainder="passthrough",
            verbose_feature_names_out=False,
        ).set_output(transform=in_library(frame))
        wide = beside.fit_transform(X, y)
        assert list(wide.columns) == [*told, "narrative", *untold]
        found = make_pipeline(beside, tiny_classifier()).fit(X, y)
        expected = make_pipeline(MonahNarrator(), tiny_classifier()).fit(X, y)
        assert have_same_weights(found[-1], expected[-1])
        assert found.predict(X).tolist() == expected.predict(X).tolist()

    def test_without_column_names_it_is_refused(self, frame):
        columns, y = talkturns()
        nameless = ColumnTransformer([("tell", MonahNarrator(), list(columns))])
        for step in (tiny_classifier(), AuxiliaryTargets()):
            with pytest.raises(TypeError, match=r"no column names.*set_output"):
                make_pipeline(nameless, step).fit(frame(columns), y)


class TestFeatureUnion:
    """Every step passes the whole table, so a union has each column twice."""

    steps = [("tell", MonahNarrator()), ("learn", AuxiliaryTargets(history=1))]

    def test_names_that_are_not_unique_are_refused(self, frame):
        columns, y = talkturns()
        union = FeatureUnion(self.steps, verbose_feature_names_out=False)
        union.set_output(transform=in_library(frame)).fit(frame(columns), y)
        with pytest.raises(ValueError, match=r"not unique|duplicate|unique"):
            union.transform(frame(columns))
        nameless = make_pipeline(FeatureUnion(self.steps), tiny_classifier())
        with pytest.raises(TypeError, match=r"no column names.*set_output"):
            nameless.fit(frame(columns), y)

    def test_with_the_names_of_steps_before_them(self, frame):
        columns, y = talkturns()
        X = frame(columns)
        union = FeatureUnion(self.steps).set_output(transform=in_library(frame))
        model = tiny_classifier(
            narrative="tell__narrative",
            conversation="tell__conversation",
            speaker="tell__speaker",
        )
        found = make_pipeline(union, model).fit(X, y)
        expected = make_pipeline(MonahNarrator(), tiny_classifier()).fit(X, y)
        assert have_same_weights(found[-1], expected[-1])


def test_halving_random_search_over_epochs():
    """What is halved is the number of candidates; what grows, the epochs they have."""
    columns, y = talkturns()
    search = HalvingRandomSearchCV(
        pipeline_of(patience=None),
        {"hanrockclassifier__lr": [1e-3, 1e-2, 1e-1]},
        resource="hanrockclassifier__max_epochs",
        n_candidates=2,
        min_resources=1,
        max_resources=2,
        factor=2,
        cv=GroupKFold(2),
        scoring=labelled_scorer("accuracy"),
        random_state=0,
        error_score="raise",
    )
    search.fit(pl.DataFrame(columns), y, groups=columns["conversation"])
    assert search.n_candidates_ == [2, 1]
    assert search.n_resources_ == [1, 2]
    assert search.best_estimator_[-1].n_iter_ == 2
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert search.best_score_ == scores[search.cv_results_["iter"] == 1].max()


def test_calibration():
    frame = pl.DataFrame
    columns, X, y, folds = labelled_talkturns(frame)
    calibrated = CalibratedClassifierCV(pipeline_of(), cv=folds).fit(X, y)
    members = []
    for (train, _), member in zip(
        folds, calibrated.calibrated_classifiers_, strict=True
    ):
        alone = pipeline_of().fit(frame(taken(columns, train)), y[train])
        assert have_same_weights(member.estimator[-1], alone[-1])
        raw = alone.predict_proba(X)
        scaled = np.column_stack(
            [
                calibrator.predict(raw[:, column])
                for column, calibrator in enumerate(member.calibrators)
            ]
        )
        members.append(scaled / scaled.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(
        calibrated.predict_proba(X), np.mean(members, axis=0), atol=1e-6
    )


def words_alone():
    """Another model, of the words alone."""
    return make_pipeline(
        FunctionTransformer(lambda X: list(X["text"])),
        CountVectorizer(),
        LogisticRegression(),
    )


def test_voting():
    _, X, y, _ = labelled_talkturns(pl.DataFrame)
    vote = VotingClassifier(
        [("network", pipeline_of()), ("words", words_alone())], voting="soft"
    ).fit(X, y)
    network, words = pipeline_of().fit(X, y), words_alone().fit(X, y)
    expected = (network.predict_proba(X) + words.predict_proba(X)) / 2
    np.testing.assert_allclose(vote.predict_proba(X), expected, atol=1e-6)
    assert vote.predict(X).tolist() == vote.classes_[expected.argmax(1)].tolist()


def test_stacking():
    """The last model learns from what the others say of conversations new to them."""
    frame = pd.DataFrame
    columns, X, y, folds = labelled_talkturns(frame)
    members = [("network", pipeline_of()), ("words", words_alone())]
    stack = StackingClassifier(members, LogisticRegression(), cv=folds).fit(X, y)
    unseen = np.empty((len(y), 2 * len(stack.classes_)))
    for train, test in folds:
        known, other = frame(taken(columns, train)), frame(taken(columns, test))
        unseen[test] = np.hstack(
            [
                made().fit(known, y[train]).predict_proba(other)
                for made in (pipeline_of, words_alone)
            ]
        )
    last = LogisticRegression().fit(unseen, y)
    np.testing.assert_allclose(stack.final_estimator_.coef_, last.coef_, atol=1e-4)
    said = pipeline_of().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(stack.transform(X)[:, : said.shape[1]], said, atol=1e-6)


@pytest.mark.parametrize("kind", ["calibration", "voting", "stacking"])
def test_those_that_read_the_labels_themselves_need_all_of_them(kind):
    """A missing label is for our own steps; scikit-learn's refuse it."""
    columns, y = talkturns()
    X, cv = pd.DataFrame(columns), 2
    members = [("network", pipeline_of())]
    meta = {
        "calibration": CalibratedClassifierCV(pipeline_of(), cv=cv),
        "voting": VotingClassifier(members, voting="soft"),
        "stacking": StackingClassifier(members, LogisticRegression(), cv=cv),
    }[kind]
    with pytest.raises((TypeError, ValueError)):
        meta.fit(X, np.array(y, dtype=object))


def test_learning_curve():
    frame = pl.DataFrame
    columns, y = talkturns()
    groups = np.array(columns["conversation"])

    def scoring(model, X, y):
        """How sure it is: unlike accuracy, another network has another."""
        return model.predict_proba(X).max(axis=1).mean()

    sizes, trained, tested = learning_curve(
        pipeline_of(),
        frame(columns),
        np.array(y, dtype=object),
        groups=groups,
        cv=GroupKFold(2),
        train_sizes=[16, 24],
        scoring=scoring,
        error_score="raise",
    )
    assert sizes.tolist() == [16, 24]
    for fold, (train, test) in enumerate(GroupKFold(2).split(y, groups=groups)):
        for place, size in enumerate(sizes):
            rows = train[:size]
            known, labels = frame(taken(columns, rows)), [y[row] for row in rows]
            alone = pipeline_of().fit(known, labels)
            other = frame(taken(columns, test))
            expected = scoring(alone, other, [y[row] for row in test])
            assert tested[place, fold] == pytest.approx(expected)
            assert trained[place, fold] == pytest.approx(scoring(alone, known, labels))


def test_permutation_importance():
    columns, y = talkturns()
    X, scoring = pd.DataFrame(columns), labelled_scorer("neg_log_loss")
    model = tiny_classifier(lr=0.05, max_epochs=4).fit(X, y)
    found = permutation_importance(
        model, X, y, scoring=scoring, n_repeats=2, random_state=0
    )
    importance = dict(zip(X.columns, found.importances_mean, strict=True))
    read = {name for name, value in importance.items() if value != 0}
    assert read == {"text", "conversation", "speaker"}
    # Once by hand: the text among other talkturns.
    shuffled = X.assign(text=np.random.default_rng(0).permutation(X["text"]))
    assert scoring(model, shuffled, y) != scoring(model, X, y)


def test_permutation_importance_of_polars_is_refused():
    """scikit-learn makes an array of it, which has no column names."""
    columns, y = talkturns()
    X = pl.DataFrame(columns)
    model = tiny_classifier(max_epochs=1).fit(X, y)
    with pytest.raises(TypeError, match="no column names"):
        permutation_importance(model, X, y, scoring=labelled_scorer("accuracy"))


def test_a_pipeline_of_all_steps_fits_without_a_warning(frame):
    columns, y = talkturns()
    X = frame({n: v for n, v in columns.items() if n not in ("delay", "speech_rate")})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        steps = pipeline_of(max_epochs=20, lr=0.01)  # enough to beat a constant
        pipeline = make_pipeline(Timings(), *steps).fit(X, y)
        assert pipeline.predict_proba(X).shape == (len(y), len(pipeline.classes_))
    assert is_labelled(pipeline.predict(X)).all()
