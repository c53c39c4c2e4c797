"""The second network of a fit: without a third of the labels, and out of the way."""

from __future__ import annotations

import threading
import warnings
from threading import Event

import pandas as pd
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from tiny_estimators import is_labelled, supervised, talkturns, tiny_classifier
from toy_nets import toy_data, toy_net

from hanrock_sk.estimators import memory, second_network
from hanrock_sk.estimators.memory import train_or_load
from hanrock_sk.estimators.second_network import GivenUp, SilentEnd, hold_out_a_third
from hanrock_sk.estimators.temperature import USUAL
from hanrock_sk.estimators.training import train


@pytest.fixture(scope="module")
def data():
    columns, y = talkturns()
    return pd.DataFrame(columns), y


def features_of(bags, talkturn):
    return bags.ids[bags.offsets[talkturn] : bags.offsets[talkturn + 1]].tolist()


def test_labels_held_out_are_not_trained_on(data, monkeypatch):
    X, y = data
    seen = {}

    def spy(data, conversations, generator):
        seen["all"] = data.targets
        seen["kept"], seen["held out"] = hold_out_a_third(
            data, conversations, generator
        )
        return seen["kept"], seen["held out"]

    monkeypatch.setattr(second_network, "hold_out_a_third", spy)
    tiny_classifier(calibrate=True, validation_fraction=0.0).fit(X, y)
    kept, held_out = seen["kept"], seen["held out"]
    assert sorted([*kept.targets, *held_out.targets]) == seen["all"].tolist()
    assert 1 / 3 <= len(held_out) / len(seen["all"]) < 0.6  # whole conversations
    first = kept.table.first
    assert not set(first[kept.targets]) & set(first[held_out.targets])
    assert not set(first[kept.unlabelled]) & set(first[held_out.targets])


@pytest.mark.parametrize("architecture", ["rock", "flat"])
def test_the_second_network_is_the_primary_branch_alone(monkeypatch, architecture):
    columns, y = supervised()
    trained = []

    def spy(estimator, network, data, *rest):
        trained.append((network.trained_on, data))
        train_or_load(estimator, network, data, *rest)

    monkeypatch.setattr(second_network, "train_or_load", spy)
    params = {"architecture": architecture, "validation_fraction": 0.0}
    model = tiny_classifier(calibrate=True, **params)
    model.fit(pd.DataFrame(columns), y)
    ((trained_on, data),) = trained
    first = model.network_.trained_on
    assert (first.architecture, trained_on.architecture) == (architecture, "han")
    assert first.tasks[1:]
    assert not trained_on.tasks[1:]
    assert not len(data.unlabelled)
    assert len(data.values) == len(data.labels) == 0
    assert len(data.targets) < sum(is_labelled(y))
    for size in ("word_gru", "pri_gru", "attention_units", "direct", "bag"):
        assert getattr(trained_on.sizes, size) == getattr(first.sizes, size)


@pytest.mark.parametrize("goes_on", [False, True])
def test_the_second_network_knows_no_word_of_held_out_labels_alone(
    monkeypatch, goes_on
):
    """As in prediction; but for what a fit before has taught."""
    columns, y = talkturns()
    trained = []

    def spy(estimator, network, data, *rest):
        trained.append(data)
        train_or_load(estimator, network, data, *rest)

    monkeypatch.setattr(second_network, "train_or_load", spy)
    params = {"calibrate": True, "validation_fraction": 0.0, "direct": True}
    model = tiny_classifier(**params, warm_start=goes_on)
    for _ in range(1 + goes_on):
        model.fit(pd.DataFrame(columns), y)
    data = trained[-1]
    bags = data.table.bags
    taught = {f for t in data.targets for f in features_of(bags, t)}
    assert len(taught) < bags.size
    assert set(bags.ids) == (set(range(bags.size)) if goes_on else taught)


@pytest.mark.parametrize("taken_over", ["init_from", "warm_start"])
def test_the_second_network_begins_where_the_first_does(taken_over):
    columns, y = supervised()
    X = pd.DataFrame(columns)
    params = {"calibrate": True, "validation_fraction": 0.0}
    model = tiny_classifier(**params).fit(X, y)
    if taken_over == "init_from":
        model = tiny_classifier(**params, init_from=model)
    model.set_params(warm_start=taken_over == "warm_start").fit(X, y)
    assert model.temperature_ not in (1, USUAL)


def test_the_second_network_is_silent_and_alone(data):
    """Callbacks and warnings are about the first network."""
    X, y = data
    trained = []

    class Counts(Callback):
        def on_train_begin(self, net, **kwargs):
            trained.append(net)

    model = tiny_classifier(
        calibrate=True, validation_fraction=0.0, net_params={"callbacks": [Counts()]}
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(X, y)
    assert len(trained) == 1
    assert sum(w.category is ConvergenceWarning for w in told) <= 1


def test_one_that_is_given_up_ends_after_a_step():
    """Where the first network's training has failed, nobody waits for it."""
    given_up = Event()
    steps = []

    class Counts(Callback):
        def on_batch_end(self, net, **kwargs):
            steps.append(net)
            if len(steps) == 2:
                given_up.set()

    net = toy_net(callbacks=[Counts()], batch_size=4)
    with pytest.raises(GivenUp):
        train(net, toy_data(), None, SilentEnd(given_up), seed=5)
    assert len(steps) == 2


def test_no_fit_that_is_given_up_is_remembered(data, tmp_path, monkeypatch):
    X, y = data
    params = {"calibrate": True, "validation_fraction": 0.0, "memory": str(tmp_path)}
    expected = tiny_classifier(**params | {"memory": None}).fit(X, y)
    trained = memory.train

    def first_fails(net, data, valid, epoch_end, *rest):
        if not isinstance(epoch_end, SilentEnd):
            raise KeyboardInterrupt
        trained(net, data, valid, epoch_end, *rest)

    others, threads = set(threading.enumerate()), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        monkeypatch.setattr(memory, "train", first_fails)
        with pytest.raises(KeyboardInterrupt):
            tiny_classifier(**params | {"max_epochs": 2000}).fit(X, y)
        assert torch.get_num_threads() == 2
        assert set(threading.enumerate()) <= others
        monkeypatch.setattr(memory, "train", trained)
        model = tiny_classifier(**params).fit(X, y)
    finally:
        torch.set_num_threads(threads)
    assert model.temperature_ == pytest.approx(expected.temperature_, rel=1e-4)
