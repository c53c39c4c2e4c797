"""Parameters, targets, weights, missing labels: what `fit` trains on."""

from __future__ import annotations

import copy
import math

import pandas as pd
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback
from tiny_estimators import (
    BOTH,
    KINDS,
    fitted,
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
    tiny_classifier,
    weights_of,
)


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
