"""Made-up conversations carry the label as strongly as they were asked to."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import f_classif, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from hanrock_sk.datasets import make_conversations
from hanrock_sk.datasets._small_talk import FEELINGS
from hanrock_sk.features import Timings

TIMES = ["start", "end", "delay", "speech_rate"]
TONES = ["tone_happy", "tone_sad", "tone_angry", "tone_fear"]
ACTION_UNITS = ["au05", "au17", "au20", "au25"]
SEEN = [
    *(f"{name}_shown" for name in ACTION_UNITS),
    *("positive_expression", "smile", "head_nod", "lean_forward"),
]
FEATURES = [*TIMES[2:], *TONES, *ACTION_UNITS, *SEEN]
EMOTION_OF = {word: emotion for emotion, words in FEELINGS.items() for word in words}


def make(*args, **options):
    """Conversations in polars, from a fixed seed."""
    return make_conversations(*args, backend="polars", random_state=0, **options)


def features(X):
    """The measurements as numbers, without the first talkturns."""
    return np.nan_to_num(np.column_stack([X[name].to_numpy() for name in FEATURES]))


def spoken_emotions(X):
    """The emotion each talkturn speaks of; None for backchannels."""
    return [EMOTION_OF.get(text.rstrip(".?").split()[-1]) for text in X["text"]]


def test_columns_and_ranges():
    X, y = make(20, 10)
    assert X.columns == [
        *("conversation", "speaker", "text", *TIMES, *TONES, *ACTION_UNITS, *SEEN)
    ]
    assert set(X["speaker"]) == {"woman", "man"}
    for name in TONES:
        assert X[name].is_between(0, 1).all()
        assert X[name].n_unique() == len(X)
    assert (X.select(TONES).sum_horizontal() < 1).all()
    for name in ACTION_UNITS:
        assert X[name].is_between(0, 5).all()
    for name in SEEN:
        assert set(X[name]) == {True, False}
    assert y.dtype == object
    assert set(y) == {"happy", "sad", "angry", "neutral"}


def test_both_libraries_hold_the_same():
    X, y = make_conversations(3, 5, random_state=1, backend="pandas")
    Z, z = make_conversations(3, 5, random_state=1, backend="polars")
    assert y.tolist() == z.tolist()
    X, Z = nw.from_native(X), nw.from_native(Z)
    assert X.columns == Z.columns
    assert X.schema == Z.schema
    for name in X.columns:
        np.testing.assert_array_equal(X[name].to_numpy(), Z[name].to_numpy())


def test_seeds():
    (X, y), (same, z) = make(5), make(5)
    assert X.equals(same)
    assert y.tolist() == z.tolist()
    other, _ = make_conversations(5, random_state=1, backend="polars")
    assert X["text"].to_list() != other["text"].to_list()
    state = np.random.RandomState(0)
    drawn, _ = make_conversations(5, random_state=state, backend="polars")
    assert X.equals(drawn)


def test_number_of_talkturns():
    X, _ = make(300, 8)
    lengths = X["conversation"].value_counts()["count"].to_numpy()
    assert len(lengths) == 300
    assert (lengths.min(), lengths.max()) == (6, 10)
    assert abs(lengths.mean() - 8) < 0.3


def test_times_agree_with_what_is_measured():
    X, _ = make(10, 30)
    for _, conversation in X.group_by("conversation"):
        assert conversation["start"].is_sorted()
    timed = Timings(max_delay=None, max_speech_rate=None).fit_transform(
        X.drop("delay", "speech_rate")
    )
    for name in ("delay", "speech_rate"):
        assert timed[name].null_count() == X[name].null_count()
        np.testing.assert_allclose(
            timed[name].to_numpy(), X[name].to_numpy(), rtol=1e-9, atol=1e-9
        )
    assert X["delay"].null_count() == 10
    assert (X["delay"] < 0).any()


@pytest.mark.parametrize("persistence", [0.0, 0.5, 1.0])
def test_persistence_is_the_chance_of_keeping_an_emotion(persistence):
    X, y = make(200, 20, persistence=persistence, label_noise=0)
    kept, last = [], {}
    for who, label in zip(X.select("conversation", "speaker").rows(), y, strict=True):
        if who in last:
            kept.append(last[who] == label)
        last[who] = label
    assert abs(np.mean(kept) - (persistence + (1 - persistence) / 4)) < 0.03


def test_text_signal():
    X, y = make(100, 20, text_signal=1, label_noise=0)
    spoken = spoken_emotions(X)
    assert 0.1 < np.mean([emotion is None for emotion in spoken]) < 0.2
    assert all(
        emotion in (None, label) for emotion, label in zip(spoken, y, strict=True)
    )

    X, y = make(200, 20, text_signal=0, label_noise=0)
    pairs = zip(spoken_emotions(X), y, strict=True)
    hits = [emotion == label for emotion, label in pairs if emotion is not None]
    assert abs(np.mean(hits) - 1 / 4) < 0.03


def test_feature_signal():
    X, y = make(200, 20, n_classes=6, feature_signal=1)
    p = f_classif(features(X), y.astype(str))[1]
    assert p.max() < 1e-4, dict(zip(FEATURES, p, strict=True))
    X, y = make(200, 20, n_classes=6, feature_signal=0)
    p = f_classif(features(X), y.astype(str))[1]
    assert p.min() > 1e-3, dict(zip(FEATURES, p, strict=True))


def test_measurements_share_information_with_the_label():
    X, y = make(60, 20)
    shared = mutual_info_classif(features(X), y.astype(str), random_state=0)
    assert shared[FEATURES.index("tone_happy")] > 0.1
    assert (shared > 0).mean() > 0.7


def test_strengths_change_nothing_else():
    X, y = make(5)
    weak, z = make(5, feature_signal=0)
    assert y.tolist() == z.tolist()
    assert X["text"].equals(weak["text"])
    assert not X["au05"].equals(weak["au05"])
    silent, z = make(5, text_signal=0)
    assert y.tolist() == z.tolist()
    assert X["au05"].equals(silent["au05"])
    assert not X["text"].equals(silent["text"])


def test_label_noise_replaces_a_share_of_the_labels():
    X, clean = make(200, 20, label_noise=0)
    Z, noisy = make(200, 20, label_noise=0.4)
    assert X.equals(Z)
    assert abs(np.mean(clean != noisy) - 0.4) < 0.03
    assert (make(5, label_noise=1)[1] != make(5, label_noise=0)[1]).all()


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_missing_labels(task):
    X, complete = make(100, 20, task=task)
    Z, y = make(100, 20, task=task, missing_labels=0.3)
    assert X.equals(Z)
    missing = np.array([value is None or value != value for value in y])
    assert abs(missing.mean() - 0.3) < 0.03
    assert y[~missing].tolist() == complete[~missing].tolist()
    assert y.dtype == (object if task == "classification" else float)


def test_regression():
    X, y = make(200, 20, task="regression", label_noise=0)
    assert y.dtype == float
    assert 1 <= y.min() < 1.5 < 4.5 < y.max() <= 5
    assert abs(y.mean() - 3) < 0.1
    assert np.corrcoef(X["tone_happy"], y)[0, 1] > 0.3
    assert np.corrcoef(X["tone_sad"], y)[0, 1] < -0.3
    spoken = np.array(spoken_emotions(X))
    means = [y[spoken == emotion].mean() for emotion in ("sad", "neutral", "happy")]
    assert means == sorted(means)
    assert means[2] - means[0] > 1
    assert set(spoken) == {"sad", "neutral", "happy", None}
    _, noisy = make(200, 20, task="regression", label_noise=0.5)
    inside = (noisy > 1) & (noisy < 5) & (y > 1.5) & (y < 4.5)
    assert abs((noisy - y)[inside].std() - 0.5) < 0.05
    assert noisy.min() >= 1
    assert noisy.max() <= 5


def test_words_are_above_chance_and_not_perfect():
    X, y = make(60, 20)
    train = X["conversation"].to_numpy() < 40
    text = X["text"].to_numpy()
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
    accuracy = model.fit(text[train], y[train]).score(text[~train], y[~train])
    assert 0.4 < accuracy < 0.7


@pytest.mark.parametrize("n_classes", [2, 6])
def test_n_classes(n_classes):
    _, y = make(20, n_classes=n_classes)
    assert set(y) == set(list(FEELINGS)[:n_classes])


@pytest.mark.parametrize(
    "options",
    [
        {"n_conversations": 0},
        {"n_talkturns": 1},
        {"task": "ranking"},
        {"n_classes": 1},
        {"n_classes": 7},
        {"persistence": 1.1},
        {"text_signal": -0.1},
        {"feature_signal": -1},
        {"label_noise": 1.1},
        {"missing_labels": 1},
        {"random_state": "now"},
        {"backend": "spark"},
    ],
)
def test_parameters_out_of_range(options):
    (name,) = options
    with pytest.raises(ValueError, match=name):
        make_conversations(**options)
