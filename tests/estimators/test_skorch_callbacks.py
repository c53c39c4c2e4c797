"""skorch's callbacks through net_params: each works, or is refused by name."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error
from skorch.callbacks import (
    BatchScoring,
    Callback,
    Checkpoint,
    EarlyStopping,
    EpochScoring,
    EpochTimer,
    Freezer,
    GradientNormClipping,
    InputShapeSetter,
    LRScheduler,
    MlflowLogger,
    PassthroughScoring,
    PrintLog,
    TensorBoard,
    TrainEndCheckpoint,
)

from hanrock_sk.datasets import make_conversations
from tests.tiny_estimators import tiny_classifier, tiny_regressor

SPLIT = {"validation_fraction": 0.3, "patience": None}


@pytest.fixture(scope="module")
def talkturns():
    return make_conversations(8, 8, random_state=0)


def fit(talkturns, *callbacks, make=tiny_classifier, y=None, **params):
    params = {"net_params": {"callbacks": list(callbacks)}, "max_epochs": 4} | params
    model = make(**SPLIT | params)
    return model.fit(talkturns[0], talkturns[1] if y is None else y)


class Reader(Callback):
    """Copies the history as others see it at the end of an epoch."""

    def __init__(self):
        self.seen = []

    def on_epoch_end(self, net, **kwargs):
        row = dict(net.history[-1])
        row.pop("batches")
        self.seen.append(row)


def test_the_history_has_skorchs_names(talkturns):
    reader = Reader()
    model = fit(talkturns, ("reader", reader), lr=0.02)
    assert len(reader.seen) == len(model.history_) == len(model.net_.history) == 4
    best = np.inf
    for seen, kept, record in zip(
        reader.seen, model.net_.history, model.history_, strict=True
    ):
        assert seen["train_loss"] == record["train_loss"]["primary"]
        assert seen["valid_loss"] == record["valid_loss"]["primary"]
        assert seen["valid_acc"] == record["valid_score"]
        assert (seen["loss"], seen["lr"]) == (record["loss"], record["lr"])
        assert seen["valid_loss_best"] is (seen["valid_loss"] < best)
        best = min(best, seen["valid_loss"])
        for name, value in seen.items():
            assert kept[name] == value
        assert "batches" not in kept
    assert model.net_.history[:, "valid_loss"] == [
        record["valid_loss"]["primary"] for record in model.history_
    ]


def test_without_validation_and_of_a_regressor(talkturns):
    model = fit(talkturns, validation_fraction=0)
    assert "valid_loss" not in model.net_.history[-1]
    assert "train_loss" in model.net_.history[-1]
    y = np.arange(len(talkturns[0])) * 1.0
    model = fit(talkturns, make=tiny_regressor, y=y)
    assert "valid_acc" not in model.net_.history[-1]
    assert model.net_.history[-1, "valid_score"] == model.history_[-1]["valid_score"]


def test_early_stopping(talkturns):
    stopping = EarlyStopping(monitor="train_loss", patience=2, threshold=10.0)
    model = fit(talkturns, stopping, validation_fraction=0, max_epochs=9)
    assert model.n_iter_ == 3, "the first is the best; two did not better it so much"
    assert model.history_[-1]["stopped"] == "callback of net_params"
    assert len(model.net_.history) == 3
    assert np.isfinite(model.predict_proba(talkturns[0])).all()
    model = fit(talkturns, ("stop", EarlyStopping(patience=1, threshold=10.0)))
    assert model.n_iter_ == 2
    model = fit(
        talkturns,
        EarlyStopping,
        net_params={
            "callbacks": [EarlyStopping],
            "callbacks__EarlyStopping__patience": 1,
            "callbacks__EarlyStopping__threshold": 10.0,
        },
    )
    assert model.n_iter_ == 2


def test_a_users_interrupt_is_one(talkturns):
    class Interrupted(EarlyStopping):
        def on_epoch_end(self, net, **kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(talkturns, Interrupted(patience=3))


def test_checkpoints(talkturns, tmp_path):
    model = fit(talkturns, Checkpoint(dirname=str(tmp_path), f_pickle=None), lr=0.02)
    saved = json.loads((tmp_path / "history.json").read_text())
    best = [row["epoch"] for row in saved if row["valid_loss_best"]][-1]
    assert best == saved[-1]["epoch"] == model.best_epoch_
    import torch

    weights = torch.load(tmp_path / "params.pt", weights_only=True)
    expected = model.network_.weights()
    for name, tensor in weights.items():
        np.testing.assert_array_equal(tensor.numpy(), expected[name], err_msg=name)
    fit(talkturns, TrainEndCheckpoint(dirname=str(tmp_path / "end")))
    assert (tmp_path / "end" / "train_end_params.pt").is_file()


@pytest.mark.parametrize("on_train", [False, True])
def test_scores_of_epochs(talkturns, on_train):
    def of_logs(net, X, y):
        return -log_loss(y, net.predict_proba(X), labels=net.classes_)

    X, y = talkturns
    names = {"accuracy": "accuracy", "f1_weighted": "f", None: "own", of_logs: "log"}
    scores = [
        EpochScoring(scoring, name=name, on_train=on_train, lower_is_better=False)
        for scoring, name in names.items()
    ]
    scores.append(EpochScoring(accuracy_score, name="made", on_train=on_train))
    model = fit(talkturns, *scores, weight_average=None, lr=0.02)
    found = model.net_.history
    for row, record in zip(found, model.history_, strict=True):
        assert row["own"] == row["accuracy"] == row["made"]
        assert 0 <= row["f"] <= 1
        if not on_train:
            assert row["accuracy"] == pytest.approx(record["valid_score"])
            # The loss of validation has no label smoothing.
            assert -row["log"] == pytest.approx(record["valid_loss"]["primary"], 1e-5)
    assert any(row["accuracy_best"] for row in found)


def test_scores_of_values_are_in_the_users_unit(talkturns):
    X, _ = talkturns
    y = np.arange(len(X)) * 100.0
    error = EpochScoring(mean_absolute_error, name="error")
    model = fit(talkturns, error, EpochScoring("r2"), make=tiny_regressor, y=y)
    for row, record in zip(model.net_.history, model.history_, strict=True):
        assert row["error"] == pytest.approx(-record["valid_score"], rel=1e-5)
        assert row["r2"] <= 1


def test_early_stopping_by_a_score(talkturns):
    score = EpochScoring("accuracy", name="right", lower_is_better=False)
    stopping = EarlyStopping("right", patience=1, lower_is_better=False, threshold=5.0)
    assert fit(talkturns, score, stopping).n_iter_ == 2


@pytest.mark.parametrize("schedule", ["one_cycle", "plateau"])
def test_learning_rates_are_the_callbacks(talkturns, schedule):
    policy = {"policy": "StepLR", "step_size": 1, "gamma": 0.5}
    model = fit(talkturns, LRScheduler(**policy), lr=0.02, schedule=schedule)
    rates = [record["lr"] for record in model.history_]
    np.testing.assert_allclose(rates, [0.02, 0.01, 0.005, 0.0025])


def test_a_plateau(talkturns):
    plateau = LRScheduler(
        "ReduceLROnPlateau",
        monitor="valid_loss",
        patience=0,
        threshold=10.0,
        threshold_mode="abs",
    )
    model = fit(talkturns, plateau, lr=0.02)
    rates = [record["lr"] for record in model.history_]
    np.testing.assert_allclose(rates, [0.02, 0.02, 0.002, 0.0002])


class Writer:
    """A SummaryWriter, or MLflow's client, that keeps what it is told."""

    def __init__(self):
        self.told = []

    def add_scalar(self, tag, scalar_value, global_step):
        self.told.append((tag, scalar_value, global_step))

    def log_metric(self, run, key, value, step=None):
        self.told.append((key, value, step))

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


def test_loggers(talkturns):
    board, client = Writer(), Writer()
    run = type("Run", (), {"info": type("Info", (), {"run_id": "one"})})()
    logger = MlflowLogger(run=run, client=client, create_artifact=False)
    model = fit(talkturns, TensorBoard(board, close_after_train=False), logger)
    last = model.history_[-1]["valid_loss"]["primary"]
    assert ("Loss/valid_loss", last, 4) in board.told
    assert [value for key, value, _ in client.told if key == "valid_loss"][-1] == last


def test_others_work(talkturns, capsys):
    model = fit(
        talkturns,
        EpochTimer(),
        GradientNormClipping(1.0),
        Freezer("primary.word_encoder.*"),
        PrintLog(),
    )
    batches = PassthroughScoring("train_loss", on_train=True)
    fit(talkturns, ("batches", batches))
    assert "valid_loss" in capsys.readouterr().out
    assert all(row["dur"] > 0 for row in model.net_.history)


@pytest.mark.parametrize(
    ("callback", "message"),
    [
        (EarlyStopping(), "EarlyStopping monitors 'valid_loss'.*validation_fraction"),
        (("e", EarlyStopping), "EarlyStopping monitors 'valid_loss'"),
        (Checkpoint(), "Checkpoint monitors 'valid_loss_best'.*train_loss_best"),
        (LRScheduler("ReduceLROnPlateau", monitor="valid_loss"), "LRScheduler"),
        (EpochScoring("accuracy"), "EpochScoring scores.*on_train=True"),
        (BatchScoring("accuracy"), "BatchScoring cannot.*EpochScoring"),
        (InputShapeSetter(), "InputShapeSetter cannot"),
    ],
)
def test_refused_by_name_before_training(talkturns, callback, message):
    with pytest.raises(ValueError, match=message):
        fit(talkturns, callback, validation_fraction=0)


def test_memory_clones_and_pickles(talkturns, tmp_path):
    X, y = talkturns
    stopping = EarlyStopping(patience=1, threshold=10.0)
    params = {"memory": str(tmp_path), "net_params": {"callbacks": [stopping]}}
    model = tiny_classifier(max_epochs=6, **SPLIT | params)
    first = clone(model).fit(X, y)
    reader = Reader()
    again = clone(model).fit(X, y)
    assert first.n_iter_ == again.n_iter_ == 2
    assert again.history_ == first.history_, "loaded: the seconds are the same"
    for name in ("train_loss", "valid_loss", "valid_acc", "epoch"):
        assert again.net_.history[:, name] == first.net_.history[:, name]
    assert not reader.seen
    other = EarlyStopping(patience=2, threshold=10.0)
    model.set_params(net_params={"callbacks": [other]})
    assert clone(model).fit(X, y).n_iter_ == 3
    saved = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(saved.predict_proba(X), first.predict_proba(X))
