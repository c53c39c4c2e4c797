"""Callbacks of skorch around a net of several tasks: what they find, who is refused.

A user's callbacks stand in ``net_params={"callbacks": [...]}``. They find in
``net.history``, for every epoch, what they find in skorch's own nets: ``train_loss``,
``valid_loss``, ``valid_acc`` and so on, each a number, of the primary task.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.metrics import accuracy_score, check_scoring, r2_score
from skorch import NeuralNet
from skorch.callbacks import (
    BatchScoring,
    Callback,
    EarlyStopping,
    EpochScoring,
    InputShapeSetter,
    LRScheduler,
    PrintLog,
)

INSTEAD = {
    BatchScoring: "a batch has several tasks; EpochScoring scores an epoch",
    InputShapeSetter: "the network takes its sizes from the table",
}
"""Callbacks that cannot work here, and why, or what to use."""

LOWER_IS_BETTER = {"train_loss": True, "valid_loss": True, "valid_acc": False}
"""Numbers of an epoch that are marked where they are the best so far."""


class EpochNumbers(Callback):
    """Writes the numbers of an epoch into the history, before others look for them."""

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:  # noqa: D102
        self.best_: dict[str, float] = {}

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:  # noqa: D102
        net.record_ = net.epoch_record()
        if net.average_ is not None:
            net.average_.use(True)  # what callbacks predict with, and what is kept
        for name, value in epoch_numbers(net.record_, net.classifies).items():
            net.history.record(name, value)
            if name in LOWER_IS_BETTER:
                sign = 1 if LOWER_IS_BETTER[name] else -1
                is_best = sign * value < self.best_.get(name, np.inf)
                if is_best:
                    self.best_[name] = sign * value
                net.history.record(f"{name}_best", is_best)


def epoch_numbers(record: dict[str, Any], classifies: bool) -> dict[str, float]:
    """Return the numbers of an epoch under skorch's names.

    Parameters
    ----------
    record : dict
        A record of ``history_``.
    classifies : bool
        Whether the score is an accuracy.
    """
    numbers = {
        "train_loss": record["train_loss"]["primary"],
        "loss": record["loss"],
        "lr": record["lr"],
    }
    if "valid_loss" in record:
        numbers["valid_loss"] = record["valid_loss"]["primary"]
        numbers["valid_acc" if classifies else "valid_score"] = record["valid_score"]
    return numbers


def fill_history(
    net: NeuralNet, records: Iterable[dict[str, Any]], classifies: bool
) -> None:
    """Write epochs that were trained before into the history of a net."""
    for record in records:
        net.history.new_epoch()
        net.history.record("epoch", record["epoch"])
        for name, value in epoch_numbers(record, classifies).items():
            net.history.record(name, value)


def without_batches(net: NeuralNet) -> list[dict[str, Any]]:
    """Copy the history, the numbers of single batches left out."""
    return [{k: v for k, v in row.items() if k != "batches"} for row in net.history]


class Stopping(Callback):
    """`EarlyStopping` that ends the training, not the program.

    skorch's way is a KeyboardInterrupt, which is a user's interrupt everywhere else.
    """

    def __init__(self, callback: EarlyStopping) -> None:
        self.callback = callback

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:  # noqa: D102
        self.callback.on_train_begin(net, **kwargs)

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:  # noqa: D102
        try:
            self.callback.on_epoch_end(net, **kwargs)
        except KeyboardInterrupt:
            if self.callback.misses_ != self.callback.patience:
                raise
            net.wants_to_stop = True

    def on_train_end(self, net: Any, **kwargs: Any) -> None:  # noqa: D102
        self.callback.on_train_end(net, **kwargs)


class ScoringOfEpoch(Callback):
    """`EpochScoring` on the labelled talkturns, in the user's classes and units."""

    def __init__(self, callback: EpochScoring) -> None:
        self.callback = callback

    def on_epoch_end(  # noqa: D102
        self, net: Any, dataset_train: Any, dataset_valid: Any, **kwargs: Any
    ) -> None:
        data = dataset_train if self.callback.on_train else dataset_valid
        predictor, y = EpochPredictor.of(net, data)
        scorer = check_scoring(predictor, self.callback.scoring_)
        self.callback._record_score(net.history, float(scorer(predictor, data, y)))


class EpochPredictor:
    """What a scorer asks for predictions: those of one data set, made already.

    Parameters
    ----------
    estimator : HANRockClassifier or HANRockRegressor
        In fit.
    raw : ndarray of shape (n_targets, n_outputs)
        Logits or values.
    """

    def __init__(self, estimator: Any, raw: np.ndarray) -> None:
        self._estimator, self._raw = estimator, raw
        if estimator._classifies:
            self.classes_ = estimator.classes_
            self.predict_proba = lambda X: softmax(raw.astype(np.float64), axis=1)

    @classmethod
    def of(cls, net: Any, data: Any) -> tuple[EpochPredictor, np.ndarray]:
        """Predict the labelled talkturns of a data set; return their labels too."""
        estimator = net.estimator
        raw, positions = net.predict_labelled(data)
        y = data.primary[positions]
        y = estimator.classes_[y] if estimator._classifies else (
            estimator._decode_values(y)
        )  # fmt: skip
        return cls(estimator, raw), y

    def fit(self, X: Any, y: Any) -> None:
        """Be there: scikit-learn's scorers look for it."""
        raise NotImplementedError("This is the network in fit.")

    def predict(self, X: Any) -> np.ndarray:
        """Return the predictions."""
        return self._estimator._decode_primary(self._raw)

    def score(self, X: Any, y: np.ndarray) -> float:
        """Score as the estimator itself does."""
        metric = accuracy_score if self._estimator._classifies else r2_score
        return float(metric(y, self.predict(X)))

    def __sklearn_tags__(self) -> Any:
        """Answer as the estimator does."""
        return self._estimator.__sklearn_tags__()


def adapted(callback: Callback) -> Callback:
    """Wrap a callback that has to be told apart; others stay as they are."""
    if isinstance(callback, EarlyStopping):
        return Stopping(callback)
    if isinstance(callback, EpochScoring):
        return ScoringOfEpoch(callback)
    return callback


def callbacks_in(net_params: dict[str, Any] | None) -> list[Any]:
    """Collect the callbacks, or their classes, that a user passes."""
    given = (net_params or {}).get("callbacks")
    if given is None or isinstance(given, str):
        return []
    return [each[1] if isinstance(each, tuple) else each for each in given]


def described(net_params: dict[str, Any] | None) -> list[Any]:
    """Describe callbacks by what they were made with, whatever they have seen since."""
    plain = str | int | float | bool | None
    return [
        (
            str(each if isinstance(each, type) else type(each)),
            {} if isinstance(each, type) else {
                name: value if isinstance(value, plain) else str(type(value))
                for name, value in each.get_params(deep=False).items()
            },
        )
        for each in callbacks_in(net_params)
    ]  # fmt: skip


def is_kind(callback: Any, kind: type) -> bool:
    """Whether a callback, or a class of callbacks, is of a kind."""
    if isinstance(callback, type):
        return issubclass(callback, kind)
    return isinstance(callback, kind)


def sets_learning_rate(net_params: dict[str, Any] | None) -> bool:
    """Whether a callback sees to the learning rate, in the schedule's place."""
    return any(is_kind(each, LRScheduler) for each in callbacks_in(net_params))


def prints(net_params: dict[str, Any] | None) -> bool:
    """Whether a callback prints, which skorch allows to nets that are verbose."""
    return any(is_kind(each, PrintLog) for each in callbacks_in(net_params))


def check_callbacks(net_params: dict[str, Any] | None, validated: bool) -> None:
    """Refuse callbacks that cannot work, before anything is trained.

    Parameters
    ----------
    net_params : dict or None
        What a user passes.
    validated : bool
        Whether there is something to validate on.

    Raises
    ------
    ValueError
        If one cannot work here, or needs validation and there is none.
    """
    for each in callbacks_in(net_params):
        name = each.__name__ if isinstance(each, type) else type(each).__name__
        for kind, why in INSTEAD.items():
            if is_kind(each, kind):
                raise ValueError(f"net_params: {name} cannot work here: {why}.")
        if validated:
            continue
        needs = is_kind(each, EpochScoring) and not getattr(each, "on_train", False)
        monitor = _monitored(each)
        if needs or (isinstance(monitor, str) and monitor.startswith("valid_")):
            looks = "scores" if needs else f"monitors {monitor!r} of"
            other = "on_train=True" if needs else "monitor='train_loss'"
            if str(monitor).endswith("_best"):
                other = "monitor='train_loss_best'"
            raise ValueError(
                f"net_params: {name} {looks} the talkturns held out, and none are. "
                f"Hold some out (validation_fraction=0.1, or X_val and y_val), or "
                f"pass {other}."
            )


def _monitored(callback: Any) -> Any:
    """Return what a callback looks at; of a class, its default."""
    if isinstance(callback, type):
        import inspect

        parameter = inspect.signature(callback).parameters.get("monitor")
        return None if parameter is None else parameter.default
    return getattr(callback, "monitor", None)
