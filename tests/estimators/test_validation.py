"""Validation: what is held out, which epoch is kept, when training ends."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss
from tiny_estimators import (
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
    words_that_tell_most,
)

from hanrock_sk import AuxiliaryTargets
from hanrock_sk.estimators import fitting
from hanrock_sk.text import Vocabulary


def fitted(X, y, **params):
    return tiny_classifier(**params).fit(X, y)


def test_the_best_epoch_is_kept(frame):
    """Validated on swapped labels, the more is learnt the worse it gets."""
    X = frame({"text": ["good day", "bad day", "good", "bad bad"] * 6})
    y, y_val = ["up", "down"] * 12, ["down", "up", None, "up"] * 6
    model = tiny_classifier(max_epochs=20, lr=0.05, patience=None)
    model.fit(X, y, X_val=X, y_val=y_val)
    losses = [record["valid_loss"]["primary"] for record in model.history_]
    best = int(np.argmin(losses))
    assert losses[-1] > losses[best] + 0.5
    assert model.best_epoch_ == best + 1
    known = is_labelled(y_val)
    truth = np.array(y_val)[known].astype(str)
    found = log_loss(truth, model.predict_proba(X)[known], labels=["down", "up"])
    assert found == pytest.approx(losses[best], rel=1e-5)
    score = model.score(X, y_val)
    assert model.history_[best]["valid_score"] == pytest.approx(score)


def test_history(frame):
    columns, y = supervised()
    model = tiny_classifier(max_epochs=3).fit(frame(columns), y)
    tasks = {name.removeprefix("aux__") for name in columns if name.startswith("aux")}
    assert len(model.history_) == model.n_iter_ == 3
    for number, record in enumerate(model.history_, start=1):
        assert record["epoch"] == number
        assert set(record["train_loss"]) == {"primary", *tasks}
        assert set(record["valid_loss"]) == {"primary", *tasks}
        assert 0 <= record["valid_score"] <= 1
        assert record["seconds"] > 0
        # The weights add up to one; with each row's the same, so does the loss.
        assert min(record["train_loss"].values()) < record["loss"]
        assert record["loss"] < max(record["train_loss"].values())


@pytest.mark.parametrize("patience", [1, 2])
def test_patience(patience):
    columns, y = words_that_tell_most()
    X = pd.DataFrame(columns)
    model = fitted(X, y, patience=patience, lr=0.05, max_epochs=50)
    assert model.n_iter_ == model.best_epoch_ + patience < 50
    forever = fitted(X, y, patience=None, lr=0.05, max_epochs=model.n_iter_ + 3)
    assert forever.n_iter_ == model.n_iter_ + 3


def words_in_conversations(n_conversations=6, n_talkturns=5):
    """In each conversation, words that no other one has."""
    said = [f"hello word{'abcdef'[c]}" for c in range(n_conversations)]
    conversation = np.tile(np.arange(n_conversations), n_talkturns)
    texts = [said[c] for c in conversation]
    return {"text": texts, "conversation": conversation}, ["a", "b", "c"] * 10


@pytest.mark.parametrize("fraction", [0.1, 0.4])
def test_whole_conversations_are_held_out(frame, fraction):
    """Training never sees their words."""
    columns, y = words_in_conversations()
    model = fitted(frame(columns), y, validation_fraction=fraction, min_count=1)
    held_out = [w for w in "abcdef" if f"word{w}" not in model.vocabulary_]
    assert len(held_out) == math.ceil(fraction * 6)


def test_which_ones_is_drawn():
    columns, y = words_in_conversations()
    models = [
        fitted(pd.DataFrame(columns), y, min_count=1, random_state=seed)
        for seed in range(8)
    ]
    assert len({frozenset(model.vocabulary_.words) for model in models}) > 2


def test_a_single_conversation_gives_its_last_tenth(frame):
    names = [f"word{'abcdefghijklmnopqrst'[i]}" for i in range(20)]
    table = frame({"text": names, "conversation": [1] * 20})
    model = fitted(table, ["a", "b"] * 10, min_count=1)
    assert set(model.vocabulary_.words[2:]) == set(names[:18])


def test_no_validation():
    columns, y = supervised()
    X = pd.DataFrame(columns)
    model = fitted(X, y, validation_fraction=0.0, max_epochs=4, patience=1, lr=0.5)
    assert model.n_iter_ == model.best_epoch_ == 4
    assert "valid_loss" not in model.history_[0]
    everything = Vocabulary.build(columns["text"], min_count=2)
    assert model.vocabulary_.words == everything.words


def test_validation_data_of_ones_own(frame):
    columns, y = words_in_conversations()
    X_val, y_val = frame({"text": ["hello"], "conversation": [9]}), ["b"]
    model = tiny_classifier(min_count=1).fit(frame(columns), y, X_val, y_val)
    assert len(model.vocabulary_) == 9, "all conversations were trained on"
    probability = model.predict_proba(X_val)[0, 1]
    best = model.history_[model.best_epoch_ - 1]
    assert best["valid_loss"]["primary"] == pytest.approx(-math.log(probability))


def test_validation_data_need_no_targets_and_weights(frame):
    columns, y = supervised()
    bare, _ = talkturns()
    model = tiny_classifier().fit(frame(columns), y, frame(bare), y)
    losses = model.history_[0]["valid_loss"]
    assert math.isfinite(losses.pop("primary"))
    assert all(math.isnan(loss) for loss in losses.values())


def test_validation_data_need_the_text_column(frame):
    columns, y = talkturns()
    told = columns | {"narrative": columns["text"]}
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['narrative'\]"):
        tiny_classifier().fit(frame(told), y, X_val=frame(columns), y_val=y)


@pytest.mark.parametrize("lone", ["X_val", "y_val"])
def test_one_without_the_other(lone):
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    given = {"X_val": X, "y_val": y}
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        tiny_classifier().fit(X, y, **{lone: given[lone]})


def test_validation_talkturns_have_the_context_of_the_training(frame):
    columns, y = supervised()
    X = frame(columns)
    alone = frame({"text": columns["text"]})
    model = tiny_classifier(max_epochs=1)
    with pytest.raises(ValueError, match="lacks the column 'conversation'"):
        model.fit(X, y, X_val=alone, y_val=y)
    with pytest.raises(TypeError, match="not a sequence of strings"):
        model.fit(X, y, X_val=columns["text"], y_val=y)
    losses = [
        model.fit(alone, y, X_val=X_val, y_val=y).history_[0]["valid_loss"]
        for X_val in (alone, X, columns["text"])
    ]
    assert losses[0] == losses[1] == losses[2]


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("unlabelled", [False, True])
def test_no_held_out_label_reaches_training(task, unlabelled):
    """Of a single conversation: other labels at its end, and the same weights."""
    columns, y = supervised(task)
    n_rows = 24
    X = pd.DataFrame(columns)[["text", "speaker"]][:n_rows]
    X = X.assign(conversation="the only one")
    y = np.array(y[:n_rows], dtype=object)
    present = np.flatnonzero(is_labelled(y))
    end = present[-round(0.25 * len(present)) :]
    others = y.copy()
    others[end] = y[end][::-1]
    if task == "regression":
        others[end] = 7.0
    assert (others[end] != y[end]).any()
    models, targets = [], []
    for labels in (y, others):
        wide = AuxiliaryTargets([], [], history=2, future=2).fit_transform(X, labels)
        targets.append(wide.filter(regex="aux__(history|future)"))
        make = tiny_classifier if task == "classification" else tiny_regressor
        model = make(
            validation_fraction=0.25, train_unlabelled=unlabelled, patience=None
        )
        # The best epoch is chosen by what is held out: here, there is one.
        models.append(model.set_params(max_epochs=1, batch_size=4).fit(wide, labels))
    kept = targets[0][: end[0]], targets[1][: end[0]]
    assert not kept[0].equals(kept[1]), "without care they would have told"
    assert have_same_weights(*models)
    assert models[0].history_[0]["train_loss"] == models[1].history_[0]["train_loss"]
    assert models[0].history_[0]["valid_loss"] != models[1].history_[0]["valid_loss"]


@pytest.mark.parametrize("fraction", [0.0, 0.3])
def test_unlabelled_talkturns_are_neither_labelled_nor_held_out(fraction, monkeypatch):
    seen = []
    train = fitting.train_or_load
    monkeypatch.setattr(
        fitting,
        "train_or_load",
        lambda e, n, data, valid, *rest: (
            seen.append((data, valid)) or train(e, n, data, valid, *rest)
        ),
    )
    columns, y = supervised()
    X = pd.DataFrame(columns)
    tiny_classifier(train_unlabelled=True, validation_fraction=fraction).fit(X, y)
    [(data, valid)] = seen
    labelled = is_labelled(y)  # the table is in order: a row is a position
    assert len(data.unlabelled)
    assert not labelled[data.unlabelled].any()
    conversation = X["conversation"].to_numpy()
    if fraction:
        out = np.unique(conversation[valid.targets])
        assert not np.isin(conversation[data.unlabelled], out).any()
    else:
        # All have measured targets, so none is left out.
        assert sorted(data.unlabelled) == np.flatnonzero(~labelled).tolist()
