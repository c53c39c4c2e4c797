"""The paper's eight primary tasks, from the corpora's files to predictions.

The corpora are invented, in the layout of the official releases. What OpenFace and a
tone classifier add to their tables is drawn by chance, so that all sixteen auxiliary
tasks are there.
"""

from __future__ import annotations

import re

import narwhals as nw
import numpy as np
import pytest
from invented_corpora import write_iemocap, write_semaine
from sklearn.pipeline import Pipeline
from tiny_estimators import is_labelled, tiny_classifier, tiny_regressor

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings
from hanrock_sk.datasets import load_iemocap, load_semaine
from hanrock_sk.datasets.partition import SEMAINE_RECORDINGS

EMOTIONS = ["angry", "happy", "neutral", "sad"]
MEASURED = {
    "action": ("au05", "au17", "au20", "au25"),
    "prosody": ("tone_happy", "tone_sad", "tone_angry", "tone_fear"),
}


@pytest.fixture(scope="module")
def iemocap(tmp_path_factory):
    """A release in which nobody rated the dominance of one training dialogue."""
    release = write_iemocap(tmp_path_factory.mktemp("iemocap"), turns_per_dialogue=4)
    file = release / "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"
    unrated = re.sub(r"(A-E\d:).*", r"\1\tval 3; act 3; dom  ;\t()", file.read_text())
    file.write_text(unrated)
    return release


@pytest.fixture(scope="module")
def semaine(tmp_path_factory):
    listed = [name for names in SEMAINE_RECORDINGS.values() for name in names]
    return write_semaine(tmp_path_factory.mktemp("semaine"), listed, 4)


def measured(X, seed):
    """Add face and voice; of some talkturns nothing could be measured."""
    X = nw.from_native(X)
    random = np.random.default_rng(seed)
    lost = random.random(len(X)) < 0.1
    columns = {
        name: [None if gone else random.random() for gone in lost]
        for names in MEASURED.values()
        for name in names
    }
    return X.with_columns(
        nw.new_series(name, values, nw.Float64, backend=X.implementation)
        for name, values in columns.items()
    ).to_native()


def pipeline_of(model, target_range):
    return Pipeline(
        [
            ("timings", Timings()),
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets(target_range=target_range)),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", model),
        ]
    )


def floats(table, column):
    values = nw.from_native(table)[column].to_list()
    return np.array([np.nan if value is None else value for value in values], float)


def check_training(pipeline, X, y, *, factor, summand):
    """Fit; the table that the model learns from is as sections 4.2 to 4.4 say."""
    pipeline.fit(X, y)
    supervised = pipeline[:-1].fit_transform(X, y)
    narratives = nw.from_native(supervised)["narrative"].to_list()
    assert any("hundred milliseconds" in narrative for narrative in narratives)
    for family, names in MEASURED.items():
        for name in names:
            values = floats(X, name)
            known = values[~np.isnan(values)]
            assert 0 < len(known) < len(values)
            # No two are equal, so that half of a value's own rank stands for ties.
            percentile = [
                ((known < value).sum() + 0.5) / len(known) if value == value else value
                for value in values
            ]
            target = floats(supervised, f"aux__{family}__{name}")
            np.testing.assert_allclose(target, factor * np.array(percentile) + summand)
    labels = set(y[is_labelled(y)].tolist())
    for family in ("history", "future"):
        for step in range(1, 5):
            target = nw.from_native(supervised)[f"aux__{family}__{step}"].to_list()
            assert labels >= {value for value in target if is_labelled([value])[0]}
            assert is_labelled(target).any()
    weights = pipeline["weights"].weights_
    assert len(weights) == 17
    assert sum(weights.values()) == pytest.approx(1)
    for epoch in pipeline["model"].history_:
        assert list(epoch["train_loss"]) == list(weights)
        assert np.isfinite(list(epoch["train_loss"].values())).all()


def check_regression(parts, *, factor, summand):
    (X, y), (X_new, _) = parts
    pipeline = pipeline_of(tiny_regressor(), (summand, factor + summand))
    check_training(pipeline, X, y, factor=factor, summand=summand)
    predicted = pipeline.predict(X_new)
    assert predicted.shape == (len(X_new),)
    assert predicted.dtype.kind == "f"
    assert np.isfinite(predicted).all()
    new = pipeline[:-1].transform(X_new)
    auxiliary = pipeline["model"].predict_auxiliary(new)
    assert len(auxiliary) == 17
    assert np.isfinite(list(auxiliary.values())).all()


def iemocap_parts(release, target):
    parts = []
    for seed, subset in enumerate(("train", "test")):
        X, y = load_iemocap(release, target, subset)
        parts.append((measured(X, seed), y))
    return parts


def test_iemocap_emotion(iemocap):
    (X, y), (X_new, y_new) = iemocap_parts(iemocap, "emotion")
    assert not is_labelled(y).all()
    # Appendix A.2: the percentile scores stay in [0, 1].
    pipeline = pipeline_of(tiny_classifier(), "auto")
    check_training(pipeline, X, y, factor=1, summand=0)
    assert pipeline.classes_.tolist() == EMOTIONS
    assert set(pipeline.predict(X_new).tolist()) <= set(EMOTIONS)
    probabilities = pipeline.predict_proba(X_new)
    assert probabilities.shape == (len(X_new), 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert 0 <= pipeline.score(X_new, y_new) <= 1


@pytest.mark.parametrize(
    ("target", "n_labelled"), [("valence", 48), ("activation", 48), ("dominance", 44)]
)
def test_iemocap_ratings(iemocap, target, n_labelled):
    parts = iemocap_parts(iemocap, target)
    assert is_labelled(parts[0][1]).sum() == n_labelled
    # Appendix A.2: times 4, plus 1.
    check_regression(parts, factor=4, summand=1)


@pytest.mark.parametrize("target", ["activation", "intensity", "power", "valence"])
def test_semaine_traces(semaine, target):
    parts = []
    for seed, subset in enumerate(("train", "test")):
        X, y = load_semaine(semaine, target, subset, backend="polars")
        assert is_labelled(y).tolist() == (X["speaker"] == "user").to_list()
        parts.append((measured(X, seed), y))
    # Appendix A.2: times 2, minus 1.
    check_regression(parts, factor=2, summand=-1)
