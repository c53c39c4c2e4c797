"""Pickles: of everything, fitted or not, alone or between the steps of a Pipeline."""

from __future__ import annotations

import copy
import io
import pickle

import joblib
import pandas as pd
from every_estimator import assert_same, said_of, untimed
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from tiny_estimators import have_same_weights, tiny_classifier

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings


def by_pickle(model):
    return pickle.loads(pickle.dumps(model))


def by_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


def test_a_copy_says_the_same_and_can_be_fitted_again(case, frame, fitted):
    columns, y = case.data()
    X = frame(columns)
    expected = said_of(fitted, X)
    for copied in (by_pickle(fitted), by_joblib(fitted), copy.deepcopy(fitted)):
        assert set(vars(copied)) == set(vars(fitted))
        assert copied.feature_names_in_.tolist() == list(columns)
        assert_same(said_of(copied, X), expected)
    assert_same(said_of(copied.fit(X, y), X), expected)


def test_an_unfitted_one_is_its_parameters(case):
    for params in ({}, case.other):
        model = case.make(**params)
        loaded = by_pickle(model)
        assert vars(loaded).keys() == vars(model).keys()
        assert joblib.hash(loaded.get_params()) == joblib.hash(model.get_params())


def the_pipeline():
    return Pipeline(
        [
            ("time", Timings()),
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", tiny_classifier()),
        ]
    )


def test_between_the_steps_of_a_pipeline():
    """Every step and every table go through a pickle before the next step is fitted."""
    columns, y = untimed()
    X = pd.DataFrame(columns)
    whole = by_pickle(the_pipeline()).fit(X, y)
    table, steps = X, []
    for name, step in clone(the_pipeline()).steps[:-1]:
        table = by_pickle(step.fit_transform(table, y))
        steps.append((name, by_pickle(step)))
    model = by_pickle(tiny_classifier().fit(table, y))
    assert have_same_weights(model, whole[-1])
    joined = Pipeline([*steps, ("model", model)])
    expected = whole.predict_proba(X).tolist()
    for pipeline in (joined, by_joblib(joined), by_pickle(whole)):
        assert pipeline.predict_proba(X).tolist() == expected
    fewer = X.head(5)
    assert joined.predict(fewer).tolist() == whole.predict(fewer).tolist()


def test_word_vectors_are_saved_as_they_were_given(tmp_path):
    """A mapping whole, as any parameter; of a file its path."""
    given = {"so": [1.0, 0.0], "you": [0.0, 1.0]}
    given |= {f"unheard{i}": [1.0, 1.0] for i in range(1000)}
    file = tmp_path / "vectors.txt"
    file.write_text("".join(f"{w} {a} {b}\n" for w, (a, b) in given.items()))
    columns, y = untimed()
    X = pd.DataFrame(columns)
    sizes = {}
    for embeddings in (given, str(file)):
        model = tiny_classifier(embeddings=embeddings).fit(X, y)
        assert model.get_params()["embeddings"] is embeddings
        loaded = by_pickle(model)
        assert loaded.get_params()["embeddings"] == embeddings
        assert have_same_weights(loaded.fit(X, y), model)
        sizes[type(embeddings)] = len(pickle.dumps(model))
    assert sizes[dict] - sizes[str] > 10_000
    file.unlink()
    assert by_pickle(model).predict(X).tolist() == model.predict(X).tolist()
