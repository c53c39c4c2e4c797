"""What the HAN-ROCK classifier and regressor share: parameters and `fit`."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import validate_data

from hanrock_sk._base.callbacks import (
    CallbackSupportMixin,
    EpochTasks,
    with_callbacks,
)
from hanrock_sk._base.sklearn_private import (
    HasMethods,
    Interval,
    StrOptions,
    _fit_context,
)
from hanrock_sk.estimators.prediction import Predictor
from hanrock_sk.estimators.reading import (
    AuxiliaryTasks,
    Talkturns,
    as_in_training,
    find_tasks,
    has_column,
    read_auxiliary,
    read_weights,
)
from hanrock_sk.estimators.seeds import draw_seeds
from hanrock_sk.estimators.splitting import hold_out
from hanrock_sk.estimators.word_vectors import start_vectors
from hanrock_sk.talkturns.labels import labels
from hanrock_sk.talkturns.table import check_roles, require_named
from hanrock_sk.text import Vocabulary

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.net import MultiTaskNet, TalkturnData


NAMED_HERE = {
    "batch_size",
    "criterion",
    "device",
    "lr",
    "max_epochs",
    "module",
    "optimizer",
    "train_split",
    "verbose",
}
"""Parameters of a skorch net that are the estimator's own or follow from them."""


class BaseHANRock(CallbackSupportMixin, Predictor, metaclass=ABCMeta):
    """Base of the estimators; see `HANRockClassifier` and `HANRockRegressor`."""

    _parameter_constraints: dict = {
        "architecture": [StrOptions({"rock", "flat", "han"})],
        "content_size": [Interval(Integral, 1, None, closed="left")],
        "word_gru": [Interval(Integral, 1, None, closed="left")],
        "pri_gru": [Interval(Integral, 1, None, closed="left")],
        "aux_gru": [Interval(Integral, 1, None, closed="left")],
        "attention_units": [Interval(Integral, 1, None, closed="left")],
        "gru_dropout": [Interval(Real, 0, 1, closed="left")],
        "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
        "embeddings": [None, str, PathLike, Mapping],
        "embedding_dim": [Interval(Integral, 1, None, closed="left")],
        "freeze_embeddings": ["boolean"],
        "max_words": [Interval(Integral, 1, None, closed="left"), None],
        "min_count": [Interval(Integral, 1, None, closed="left")],
        "optimizer": [StrOptions({"sgd", "adam", "adamw"})],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "lr_decay": [Interval(Real, 0, 1, closed="right")],
        "l2": [Interval(Real, 0, None, closed="left")],
        "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "run_length": [Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "device": [str],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "net_params": [None, dict],
        "memory": [None, str, HasMethods(["cache"])],
        "conversation": [str],
        "narrative": [str],
        "text": [str],
    }

    _classifies: bool

    @abstractmethod
    def _learn_labels(self, values: np.ndarray, present: np.ndarray) -> None:
        """Learn classes, or location and scale, from the labels of `fit`."""

    @abstractmethod
    def _encode_labels(
        self, values: np.ndarray, present: np.ndarray, name: str
    ) -> np.ndarray:
        """Turn labels into what the network is to predict."""

    @abstractmethod
    def _criterion_params(self, encoded: np.ndarray) -> dict[str, Any]:
        """Parameters of the loss; `encoded` are the labels trained on."""

    @abstractmethod
    def _n_outputs(self) -> int:
        """Width of the primary prediction."""

    def _value_scale(self) -> float:
        """Factor from the network's real values to the user's."""
        return 1.0

    def _scale_auxiliary(self, values: np.ndarray) -> np.ndarray:
        """Bring real-valued auxiliary targets to the network's scale."""
        return values

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, X_val: Any = None, y_val: Any = None) -> BaseHANRock:
        """Train the network.

        Parameters
        ----------
        X : DataFrame or sequence of str
            A talkturn table: the narrative (or else the text) is read, ``aux__*``
            columns are the auxiliary targets, ``weight__*`` columns the loss weights.
            Or a sequence of strings, each a conversation of its own.
        y : array-like of shape (n_talkturns,)
            Labels of the primary task. Talkturns whose label is missing (None, NaN)
            are content context, never targets.
        X_val : DataFrame or sequence of str, default=None
            Talkturns to validate on, instead of some conversations of `X`.
        y_val : array-like, default=None
            Their labels.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If the input cannot be trained on; the message says why. The estimator
            then is as it was before.
        FloatingPointError
            If a loss is not finite before the first epoch is over (later, the best
            weights until then are kept, with a ConvergenceWarning), or in any epoch
            if there is no validation to tell which weights are the best.
        """
        before = self._forget()
        try:
            self._fit(X, y, X_val, y_val)
        except BaseException:
            self._forget()
            self.__dict__.update(before)
            raise
        return self

    def _forget(self) -> dict[str, Any]:
        """Take away, and return, what an earlier fit has learnt."""
        learnt = [n for n in self.__dict__ if n.endswith("_") or n == "_fitted"]
        return {name: self.__dict__.pop(name) for name in learnt}

    def _fit(self, X: Any, y: Any, X_val: Any, y_val: Any) -> None:
        from hanrock_sk.estimators.devices import find_device
        from hanrock_sk.estimators.memory import train_or_load
        from hanrock_sk.estimators.training import EpochEnd

        device = find_device(self.device)
        self._check_params_together(X_val, y_val)
        talkturns = self._read(X, self.conversation)
        if talkturns.table is not None:
            require_named(
                talkturns.table,
                conversation=self.conversation,
                narrative=self.narrative,
            )
        validate_data(self, X, skip_check_array=True)
        seed, generator = draw_seeds(self.random_state)

        values, present = labels(y, len(talkturns))
        if not present.any():
            raise ValueError(
                f"All {len(present)} labels of y are missing; nothing can be learnt."
            )
        self._learn_labels(values, present)
        tasks = AuxiliaryTasks([], [])
        if self.architecture != "han":
            tasks = find_tasks(talkturns.table, self._classifies)

        order = talkturns.conversations.order
        held_out = np.zeros(len(order), dtype=bool)
        if X_val is None:
            held_out = hold_out(
                talkturns.conversations,
                present[order],
                self.validation_fraction,
                generator,
            )
        read = (talkturns.texts[row] for row in order[~held_out])
        self.vocabulary_ = Vocabulary.build(read, self.min_count)
        data = self._data(talkturns, values, present, tasks, "y")
        valid = None
        if X_val is not None:
            valid = self._validation_data(X_val, y_val, talkturns, tasks)
        elif held_out.any():
            # The talkturns stay together, as each other's context.
            at_targets = held_out[data.targets]
            valid = replace(data, targets=data.targets[at_targets])
            data = replace(data, targets=data.targets[~at_targets])

        spec = self._describe_network(talkturns, tasks)
        history: list[dict[str, Any]] = []
        self.history_ = history
        net = self._make_net(spec, data, device, generator)
        epoch_tasks = EpochTasks(
            self, X, y, lambda: self._attributes(net, spec, history)
        )
        patience = self.patience if valid is not None else None
        epoch_end = EpochEnd(
            history, epoch_tasks, patience, self.lr_decay, self.verbose
        )
        train_or_load(self, spec, net, data, valid, epoch_end, seed)
        self.__dict__.update(self._attributes(net, spec, history))
        self.best_epoch_ = epoch_end.best_epoch
        epoch_tasks.end_fit()

    def _check_params_together(self, X_val: Any, y_val: Any) -> None:
        check_roles(conversation=self.conversation, narrative=self.narrative)
        check_roles(conversation=self.conversation, text=self.text)
        if self.freeze_embeddings and self.embeddings is None:
            raise ValueError(
                "freeze_embeddings=True needs word vectors to freeze: pass embeddings."
            )
        taken = sorted(NAMED_HERE & set(self.net_params or {}))
        if taken:
            raise ValueError(
                f"net_params holds {taken}, which the estimator sets itself: use its "
                "own parameters."
            )
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: pass both, or neither.")

    def _data(
        self,
        talkturns: Talkturns,
        values: np.ndarray,
        present: np.ndarray,
        tasks: AuxiliaryTasks,
        name: str,
    ) -> TalkturnData:
        """Bring talkturns and everything known about them into positions."""
        from hanrock_sk.estimators.net import TalkturnData

        order, n_rows = talkturns.conversations.order, len(talkturns)
        classes = getattr(self, "classes_", np.empty(0))
        real, indices = read_auxiliary(talkturns.table, tasks, classes, n_rows)
        weights = read_weights(talkturns.table, tasks.names, n_rows)
        return TalkturnData(
            table=self._token_table(talkturns, self.max_words),
            targets=np.flatnonzero(present[order]),
            primary=self._encode_labels(values, present, name)[order],
            values=self._scale_auxiliary(real)[:, order].astype(np.float32),
            labels=indices[:, order],
            weights=weights[:, order],
        )

    def _validation_data(
        self, X_val: Any, y_val: Any, training: Talkturns, tasks: AuxiliaryTasks
    ) -> TalkturnData:
        talkturns = as_in_training(
            self._read(X_val, self.conversation, training.column),
            self.conversation,
            training.column,
            has_column(training, self.conversation),
        )
        values, present = labels(y_val, len(talkturns), name="y_val")
        if not present.any():
            raise ValueError(f"All {len(present)} labels of y_val are missing.")
        return self._data(talkturns, values, present, tasks, "y_val")

    def _describe_network(
        self, talkturns: Talkturns, tasks: AuxiliaryTasks
    ) -> dict[str, Any]:
        """Describe, in plain types, the network and what it reads."""
        n_outputs = self._n_outputs()
        return {
            "architecture": self.architecture,
            "sizes": {
                "primary": n_outputs,
                "auxiliary": [0] * len(tasks.valued)
                + [n_outputs] * len(tasks.labelled),
                "word_gru": self.word_gru,
                "pri_gru": self.pri_gru,
                "aux_gru": self.aux_gru,
                "attention_units": self.attention_units,
                "gru_dropout": self.gru_dropout,
                "recurrent_dropout": self.recurrent_dropout,
            },
            "content_size": self.content_size,
            "max_words": self.max_words,
            "column": talkturns.column,
            "conversation": self.conversation,
            "in_conversations": has_column(talkturns, self.conversation),
            "valued": tasks.valued,
            "labelled": tasks.labelled,
        }

    def _make_net(
        self,
        spec: dict[str, Any],
        data: TalkturnData,
        device: str,
        generator: np.random.Generator,
    ) -> MultiTaskNet:
        """Make the skorch net, with everything that training needs."""
        import torch

        from hanrock_sk.estimators.net import Batches, make_net
        from hanrock_sk.estimators.training import optimizer_params
        from hanrock_sk.model.losses import MultiTaskLoss

        vectors = start_vectors(
            self.vocabulary_, self.embeddings, self.embedding_dim, generator
        )
        criterion = self._criterion_params(data.primary[data.targets])
        params: dict[str, Any] = {
            "criterion": MultiTaskLoss,
            **{f"criterion__{name}": value for name, value in criterion.items()},
            **optimizer_params(self.optimizer, self.l2, device),
            "lr": self.lr,
            "l2": 0.0 if self.optimizer == "adamw" else self.l2,
            "clip_norm": self.clip_norm,
            "max_epochs": self.max_epochs,
            "batch_size": self.batch_size,
            "iterator_train": Batches,
            "iterator_train__content_size": self.content_size,
            "iterator_train__run_length": self.run_length,
            "iterator_train__generator": generator,
            "iterator_valid": Batches,
            "iterator_valid__content_size": self.content_size,
            "tasks": ("primary", *spec["valued"], *spec["labelled"]),
            "value_scale": self._value_scale(),
            "verbose": 0,
            **(self.net_params or {}),
        }
        return make_net(
            **self._network_params(spec),
            embedding=torch.from_numpy(vectors),
            freeze_embedding=self.freeze_embeddings,
            device=device,
            **params,
        )

    @staticmethod
    def _attributes(
        net: MultiTaskNet, spec: dict[str, Any], history: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Collect the attributes of the estimator as fitted until now."""
        return {
            "net_": net,
            "history_": history,
            "n_iter_": len(history),
            "_fitted": spec,
        }

    def __sklearn_tags__(self) -> Any:
        """Say that the input is a table or strings, not an array of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags
