"""Parameters, targets, weights, missing labels: what `fit` trains on."""

from __future__ import annotations

import copy
import itertools
import math

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback
from tiny_estimators import (
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
    weights_of,
)

KINDS = {"classification": tiny_classifier, "regression": tiny_regressor}
BOTH = pytest.mark.parametrize("task", KINDS)


def fitted(X, y, **params):
    return tiny_classifier(**params).fit(X, y)


class TestParameters:
    @BOTH
    def test_fit_leaves_them_and_the_data_alone(self, frame, task):
        columns, y = supervised(task)
        X, model = frame(columns), KINDS[task]()
        params, kept = model.get_params(), copy.deepcopy(columns)
        given = list(y)
        assert model.fit(X, y) is model
        assert model.get_params() == params
        for name, values in kept.items():
            assert repr(X[name].to_list()) == repr(
                frame({name: values})[name].to_list()
            )
        assert y == given

    @BOTH
    def test_clone_get_and_set(self, task):
        model = KINDS[task](lr=0.5, embeddings={"a": [1.0]}, net_params={})
        twin = clone(model)
        assert twin is not model
        assert twin.get_params() == model.get_params()
        twin.set_params(lr=0.25, architecture="han")
        assert (twin.lr, twin.architecture, model.lr) == (0.25, "han", 0.5)
        with pytest.raises(ValueError, match="Invalid parameter 'learning_rate'"):
            twin.set_params(learning_rate=1)

    @pytest.mark.parametrize(
        ("name", "bad"),
        [
            ("architecture", "tree"),
            ("content_size", 0),
            ("content_size", 2.5),
            ("word_gru", 0),
            ("pri_gru", 0),
            ("aux_gru", 0),
            ("attention_units", 0),
            ("gru_dropout", 1.0),
            ("recurrent_dropout", -0.1),
            ("embeddings", 3),
            ("embedding_dim", -1),
            ("freeze_embeddings", "yes"),
            ("max_words", 0),
            ("min_count", 0),
            ("optimizer", "rmsprop"),
            ("lr", 0),
            ("l2", -1),
            ("clip_norm", 0),
            ("batch_size", 0),
            ("run_length", 0),
            ("max_epochs", 0),
            ("validation_fraction", 1),
            ("patience", 0),
            ("device", None),
            ("random_state", "one"),
            ("net_params", []),
            ("conversation", None),
        ],
    )
    def test_bad_ones(self, name, bad):
        columns, y = talkturns()
        model = tiny_classifier(**{name: bad})
        with pytest.raises(ValueError, match=f"The '{name}' parameter of HANRock"):
            model.fit(pd.DataFrame(columns), y)
        assert not hasattr(model, "net_")

    def test_bad_ones_together(self):
        columns, y = talkturns()
        X = pd.DataFrame(columns)
        with pytest.raises(ValueError, match="freeze_embeddings=True needs word vect"):
            fitted(X, y, freeze_embeddings=True)
        with pytest.raises(ValueError, match="conversation and text both name"):
            fitted(X, y, conversation="text")
        with pytest.raises(ValueError, match="conversation and narrative both name"):
            fitted(X, y, conversation="narrative")

    def test_a_device_that_is_not_there(self):
        if torch.cuda.is_available():
            pytest.skip("this machine has a GPU")
        columns, y = talkturns()
        with pytest.raises(ValueError, match="device='cuda', but torch finds no such"):
            fitted(pd.DataFrame(columns), y, device="cuda")

    @pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
    def test_optimizer_and_l2_reach_the_training(self, optimizer):
        columns, y = supervised()
        X = pd.DataFrame(columns)

        def norm(l2):
            params = {"optimizer": optimizer, "lr": 0.01, "clip_norm": None}
            weights = weights_of(fitted(X, y, l2=l2, **params))
            return sum((w**2).sum() for n, w in weights.items() if "weight" in n)

        assert norm(2.0) < 0.95 * norm(0.0)

    def test_clipping_reaches_the_training(self):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        params = {"optimizer": "sgd", "lr": 1.0, "max_epochs": 1, "batch_size": 1000}
        start = weights_of(fitted(X, y, clip_norm=1e-14, **params))
        moved = weights_of(fitted(X, y, clip_norm=0.001, **params))
        for auxiliary in (False, True):  # the two are clipped apart
            names = [n for n in start if n.startswith("auxiliary") == auxiliary]
            step = math.sqrt(sum(((moved[n] - start[n]) ** 2).sum() for n in names))
            assert step == pytest.approx(0.001, rel=1e-3)

    def test_sizes_reach_the_network(self):
        columns, y = supervised()
        model = fitted(
            pd.DataFrame(columns),
            y,
            word_gru=3,
            pri_gru=5,
            aux_gru=2,
            attention_units=7,
        )
        shapes = {name: array.shape for name, array in weights_of(model).items()}
        assert shapes["primary.word_encoder.gru.weight_state"] == (2, 1, 3, 9)
        assert shapes["primary.talkturn_encoder.gru.weight_state"] == (2, 1, 5, 15)
        assert shapes["auxiliary.talkturn_encoder.gru.weight_state"] == (2, 10, 2, 6)
        assert shapes["primary_head.weight"] == (4, 7)
        assert shapes["inputs.embedding"] == (len(model.vocabulary_), 6)

    @pytest.mark.parametrize(
        ("params", "n_batches"),
        [({"batch_size": 10}, 5), ({"batch_size": 1000}, 1), ({"run_length": 1}, 3)],
    )
    def test_batches_and_callbacks_of_skorch(self, params, n_batches):
        class Counts(Callback):
            def __init__(self):
                self.seen = []

            def on_batch_end(self, net, batch, training, **kwargs):
                if training:
                    self.seen.append(len(batch[0]))

        columns, y = talkturns()
        callback = Counts()
        given = {"callbacks": [("counts", callback)]}
        model = tiny_classifier(
            validation_fraction=0.0, max_epochs=1, net_params=given, **params
        )
        model.fit(pd.DataFrame(columns), y)
        assert len(callback.seen) == n_batches
        assert sum(callback.seen) == is_labelled(y).sum()
        # Still there for the next fit.
        model.fit(pd.DataFrame(columns), y)
        assert len(callback.seen) == 2 * n_batches

    def test_unknown_parameters_of_skorch(self):
        columns, y = talkturns()
        with pytest.raises(ValueError, match="junk"):
            fitted(pd.DataFrame(columns), y, net_params={"junk": 1})

    def test_verbose(self, capsys):
        columns, y = talkturns()
        fitted(pd.DataFrame(columns), y, verbose=1)
        assert len(capsys.readouterr().out.splitlines()) == 2
        fitted(pd.DataFrame(columns), y)
        assert capsys.readouterr().out == ""


class TestMissingLabels:
    def changed(self, name, values):
        columns, y = supervised()
        unlabelled = np.flatnonzero(~is_labelled(y))
        assert len(unlabelled) > 2
        column = list(columns[name])
        for row, value in zip(unlabelled, itertools.cycle(values), strict=False):
            assert column[row] != value
            column[row] = value
        X, other = pd.DataFrame(columns), pd.DataFrame(columns | {name: column})
        return fitted(X, y), fitted(other, y)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("aux__action__au05", [17.0, None]),
            ("aux__history__1", [None]),
            ("weight__primary", [123.0]),
            ("weight__history__1", [123.0]),
        ],
    )
    def test_their_rows_are_no_targets(self, name, values):
        assert have_same_weights(*self.changed(name, values))

    def test_their_rows_are_context(self):
        assert not have_same_weights(*self.changed("text", ["so sad", "so happy"]))

    def test_with_labels_they_are_targets(self):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        filled = ["sad" if label is None else label for label in y]
        assert not have_same_weights(fitted(X, y), fitted(X, filled))

    def test_left_out_their_neighbours_lose_their_context(self, frame):
        columns, y = supervised()
        X, known = frame(columns), is_labelled(y)
        model = fitted(X, y, lr=0.05)
        kept = np.flatnonzero(known)
        fewer = frame({name: [v[i] for i in kept] for name, v in columns.items()})
        whole = model.predict_proba(X)[kept]
        punctured = model.predict_proba(fewer)
        other = np.flatnonzero(np.abs(whole - punctured).max(axis=1) > 1e-6)
        conversation = np.array(columns["conversation"])
        expected = [
            place
            for place, row in enumerate(kept)
            if any(
                not known[i] and conversation[i] == conversation[row]
                for i in range(max(0, row - 2), row)
            )
        ]
        assert expected
        assert other.tolist() == expected

    def test_a_conversation_without_labels_lends_its_words(self):
        columns = {"text": ["yes", "no", "unheard"] * 4, "conversation": [0, 1, 2] * 4}
        model = fitted(pd.DataFrame(columns), ["a", "b", None] * 4)
        assert "unheard" in model.vocabulary_


@BOTH
def test_interleaved_conversations_are_trained_on_as_they_are(frame, task):
    """Labels, targets and weights stay with their talkturns."""
    columns, y = supervised(task)
    weights = np.random.default_rng(0).random(len(y)).round(2).tolist()
    columns["weight__primary"] = weights
    whole = np.argsort(columns["conversation"], kind="stable")
    assert (np.diff(whole) == 1).all(), "one conversation after the other"
    # One talkturn of each in turn; which conversation begins first stays.
    place = [columns["conversation"][:row].count(columns["conversation"][row])
             for row in whole]  # fmt: skip
    rows = np.argsort(place, kind="stable")
    one = KINDS[task]().fit(frame(columns), y)
    mixed = {name: [values[row] for row in rows] for name, values in columns.items()}
    other = KINDS[task]().fit(frame(mixed), [y[row] for row in rows])
    assert have_same_weights(one, other)


class TestWeights:
    @pytest.mark.parametrize("architecture", ["rock", "flat"])
    def test_without_columns_the_defaults_hold(self, frame, architecture):
        columns, y = supervised()
        named = [name for name in columns if name.startswith("weight__")]
        for name in named:
            del columns[name]
        default = fitted(frame(columns), y, architecture=architecture)
        share = 0.2 / (len(named) - 1)
        weights = {name: [share] * len(y) for name in named}
        weights["weight__primary"] = [0.8] * len(y)
        given = fitted(frame(columns | weights), y, architecture=architecture)
        assert have_same_weights(default, given)

    def test_each_row_has_its_own(self):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        other = [0.5 + 0.01 * (i % 3) for i in range(len(y))]
        assert not have_same_weights(
            fitted(X, y), fitted(X.assign(weight__primary=other), y)
        )

    def test_a_task_that_weighs_nothing_is_not_learnt(self):
        columns, y = supervised()
        X = pd.DataFrame(columns).assign(weight__action__au05=0.0)
        known = is_labelled(y)  # the median, where its head starts, stays the same
        target = X["aux__action__au05"].to_numpy(copy=True)
        target[known] = target[known][::-1]
        other = X.assign(aux__action__au05=target)
        params = {"lr": 0.1, "validation_fraction": 0.0}
        one, two = fitted(X, y, **params), fitted(other, y, **params)
        assert have_same_weights(one, two)

    def test_han_reads_neither_targets_nor_weights(self):
        columns, y = supervised()
        bare = pd.DataFrame(
            {name: columns[name] for name in ("text", "conversation", "speaker")}
        )
        junk = pd.DataFrame(columns).assign(
            aux__history__1="junk", weight__history__1=-1.0, weight__primary=1.0
        )
        one = fitted(bare, y, architecture="han")
        assert have_same_weights(one, fitted(junk, y, architecture="han"))

    def test_rock_without_targets_is_han(self):
        columns, y = talkturns()
        X = pd.DataFrame(columns)
        assert have_same_weights(fitted(X, y), fitted(X, y, architecture="han"))

    @pytest.mark.parametrize("architecture", ["rock", "flat"])
    def test_targets_make_a_difference(self, architecture):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        shuffled = X["aux__action__au05"].to_numpy()[::-1]
        other = X.assign(aux__action__au05=shuffled)
        one = fitted(X, y, architecture=architecture)
        assert not have_same_weights(one, fitted(other, y, architecture=architecture))


class TestRefit:
    def test_fitting_twice_is_fitting_once(self, frame):
        columns, y = supervised()
        X = frame(columns)
        once = fitted(X, y)
        assert have_same_weights(once, fitted(X, y).fit(X, y))

    def test_nothing_is_left_of_an_earlier_fit(self):
        columns, y = talkturns()
        model = fitted(pd.DataFrame(columns), y)
        assert model.n_features_in_ == len(columns)
        texts, y = ["good", "bad"] * 6, [1, 2] * 6
        model.fit(texts, y)
        assert model.classes_.tolist() == [1, 2]
        assert model.vocabulary_.words[2:] == ("bad", "good")
        assert not hasattr(model, "feature_names_in_")
        assert not hasattr(model, "n_features_in_")

    def test_columns_are_remembered(self, frame):
        columns, y = talkturns()
        model = fitted(frame(columns), y)
        assert model.feature_names_in_.tolist() == list(columns)


@pytest.mark.parametrize("role", ["conversation", "narrative", "text"])
def test_columns_that_were_named_have_to_be_there(frame, role):
    X = frame({"narrative": ["yes", "no"] * 4, "text": ["yes", "no"] * 4})
    if role == "text":  # the narrative comes first
        X = X[["text"]]
    model = tiny_classifier(**{role: "elsewhere"})
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['elsewhere'\]"):
        model.fit(X, ["a", "b"] * 4)
