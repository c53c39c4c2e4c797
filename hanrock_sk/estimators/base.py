"""What the HAN-ROCK classifier and regressor share: parameters, fit, prediction."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

import hanrock_sk
from hanrock_sk.estimators.callbacks import (
    CallbackSupportMixin,
    EpochTasks,
    with_callbacks,
)
from hanrock_sk.estimators.reading import (
    AuxiliaryTasks,
    Talkturns,
    find_tasks,
    read_auxiliary,
    read_talkturns,
    read_weights,
)
from hanrock_sk.estimators.splitting import hold_out
from hanrock_sk.talkturns import check_roles, labels
from hanrock_sk.text import Vocabulary, load_embeddings

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.attention import Attention
    from hanrock_sk.estimators.training import MultiTaskNet, TalkturnData
    from hanrock_sk.model.batches import Batch, TokenTable
    from hanrock_sk.model.networks import Predictions


class BaseHANRock(CallbackSupportMixin, BaseEstimator, metaclass=ABCMeta):
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
        "conversation": [str],
        "narrative": [str],
        "text": [str],
    }

    # --- what the two estimators do differently -----------------------------------

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

    # --- fit ----------------------------------------------------------------------

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
            If a loss is not finite before the first epoch is over.
        """
        before = self._fitted_state()
        try:
            self._fit(X, y, X_val, y_val)
        except BaseException:
            for name in self._fitted_state():
                delattr(self, name)
            self.__dict__.update(before)
            raise
        return self

    def _fitted_state(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.__dict__.items()
            if name.endswith("_") or name == "_fitted"
        }

    def _fit(self, X: Any, y: Any, X_val: Any, y_val: Any) -> None:
        from hanrock_sk.estimators.devices import find_device
        from hanrock_sk.estimators.training import (
            Batches,
            EpochEnd,
            make_net,
            optimizer_params,
            train,
        )
        from hanrock_sk.model.losses import MultiTaskLoss

        device = find_device(self.device)
        check_roles(conversation=self.conversation, narrative=self.narrative)
        check_roles(conversation=self.conversation, text=self.text)
        if self.freeze_embeddings and self.embeddings is None:
            raise ValueError(
                "freeze_embeddings=True needs word vectors to freeze: pass embeddings."
            )
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: pass both, or neither.")
        validate_data(self, X, skip_check_array=True)
        seed, generator = self._seeds()

        talkturns = self._read(X)
        values, present = labels(y, len(talkturns))
        if not present.any():
            raise ValueError(
                f"All {len(present)} labels of y are missing; nothing can be learnt."
            )
        self._learn_labels(values, present)
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
        read = [talkturns.texts[row] for row in order[~held_out]]
        self.vocabulary_ = Vocabulary.build(read, self.min_count)
        data = self._data(talkturns, values, present, tasks, "y")
        encoded = data.primary[data.targets[~held_out[data.targets]]]
        valid = None
        if X_val is not None:
            talkturns_val = self._read(X_val, talkturns.column)
            values_val, present_val = labels(y_val, len(talkturns_val), name="y_val")
            if not present_val.any():
                raise ValueError("All labels of y_val are missing.")
            valid = self._data(talkturns_val, values_val, present_val, tasks, "y_val")
        elif held_out.any():
            data, valid = _split(data, held_out)

        embedding = self._start_embedding(seed)
        spec = {
            "architecture": self.architecture,
            "sizes": {
                "primary": self._n_outputs(),
                "auxiliary": self._auxiliary_widths(tasks),
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
            "in_conversations": self._has_conversations(talkturns),
            "valued": tasks.valued,
            "labelled": tasks.labelled,
        }
        history: list[dict[str, Any]] = []
        self.history_ = history
        epoch_tasks = EpochTasks(
            self, X, y, lambda: self._attributes(net, spec, history)
        )
        epoch_end = EpochEnd(
            history,
            epoch_tasks,
            self.patience if valid is not None else None,
            self.verbose,
        )
        params: dict[str, Any] = {
            "criterion": MultiTaskLoss,
            **{
                f"criterion__{name}": value
                for name, value in self._criterion_params(encoded).items()
            },
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
            "tasks": ("primary", *(tasks.names if self.architecture != "han" else [])),
            "value_scale": self._value_scale(),
            "verbose": 0,
            **(self.net_params or {}),
        }
        params["callbacks"] = [
            *(params.get("callbacks") or []),
            ("epoch_end", epoch_end),
        ]
        net = make_net(
            **self._network_params(spec),
            embedding=embedding,
            freeze_embedding=self.freeze_embeddings,
            device=device,
            **params,
        )
        train(net, data, valid, epoch_end, seed)
        self.__dict__.update(self._attributes(net, spec, history))
        self.best_epoch_ = epoch_end.best_epoch
        epoch_tasks.end_fit()

    def _seeds(self) -> tuple[int, np.random.Generator]:
        """Draw a seed for torch and a generator for the order of things."""
        state = self.random_state
        if state is None or state is np.random:
            state = None  # fresh entropy; NumPy's global generator stays as it is
        elif isinstance(state, np.random.RandomState):
            state = int(state.randint(2**31 - 1))
        seeds = np.random.SeedSequence(state).generate_state(2)
        return int(seeds[0]), np.random.default_rng(int(seeds[1]))

    def _read(self, X: Any, column: str | None = None) -> Talkturns:
        return read_talkturns(X, self.narrative, self.text, self.conversation, column)

    def _has_conversations(self, talkturns: Talkturns) -> bool:
        table = talkturns.table
        return table is not None and self.conversation in table.columns

    def _token_table(self, talkturns: Talkturns, max_words: int | None) -> TokenTable:
        """Tokenise every talkturn once, conversation by conversation."""
        from hanrock_sk.model.batches import TokenTable

        in_order = (talkturns.texts[row] for row in talkturns.conversations.order)
        tokens = self.vocabulary_.encode(in_order, max_words)
        return TokenTable(tokens.ids, tokens.offsets, talkturns.conversations.first)

    def _data(
        self,
        talkturns: Talkturns,
        values: np.ndarray,
        present: np.ndarray,
        tasks: AuxiliaryTasks,
        name: str,
    ) -> TalkturnData:
        """Bring talkturns and everything known about them into positions."""
        from hanrock_sk.estimators.training import TalkturnData

        order = talkturns.conversations.order
        if self.architecture == "han":
            tasks = AuxiliaryTasks([], [])
        real, indices = read_auxiliary(
            talkturns.table,
            tasks,
            getattr(self, "classes_", np.empty(0)),
            len(talkturns),
        )
        weights = read_weights(talkturns.table, tasks.names, len(talkturns))
        return TalkturnData(
            table=self._token_table(talkturns, self.max_words),
            targets=np.flatnonzero(present[order]),
            primary=self._encode_labels(values, present, name)[order],
            values=self._scale_auxiliary(real)[:, order],
            labels=indices[:, order],
            weights=weights[:, order],
        )

    def _start_embedding(self, seed: int) -> Any:
        """Word vectors to start from: the given ones, small random ones elsewhere."""
        import torch

        words = self.vocabulary_.words
        generator = np.random.default_rng(seed)
        if self.embeddings is None:
            given = np.zeros((len(words), self.embedding_dim), dtype=np.float32)
            found = np.zeros(len(words), dtype=bool)
            spread = 0.1
        else:
            given, found = load_embeddings(self.embeddings, words)
            if not found.any():
                raise ValueError(
                    f"None of the {len(words)} words of the training talkturns is in "
                    "the embeddings."
                )
            spread = float(given[found].std())
        matrix = generator.normal(scale=spread, size=given.shape).astype(np.float32)
        matrix[found] = given[found]
        # What nothing is known about says nothing: reserved words start at zero.
        matrix[:2] = 0
        return torch.from_numpy(matrix)

    # --- what the tasks need --------------------------------------------------------

    @abstractmethod
    def _n_outputs(self) -> int:
        """Width of the primary prediction."""

    def _auxiliary_widths(self, tasks: AuxiliaryTasks) -> list[int]:
        """Classes of each auxiliary task, 0 for real values; none for "han"."""
        if self.architecture == "han":
            return []
        return [0] * len(tasks.valued) + [self._n_outputs()] * len(tasks.labelled)

    def _value_scale(self) -> float:
        """Factor from the network's real values to the user's."""
        return 1.0

    def _scale_auxiliary(self, values: np.ndarray) -> np.ndarray:
        """Bring real-valued auxiliary targets to the network's scale."""
        return values

    # --- the fitted network ---------------------------------------------------------

    @staticmethod
    def _network_params(spec: dict[str, Any]) -> dict[str, Any]:
        from hanrock_sk.model.networks import Sizes

        sizes = dict(spec["sizes"])
        sizes["auxiliary"] = tuple(sizes["auxiliary"])
        return {"architecture": spec["architecture"], "sizes": Sizes(**sizes)}

    def _attributes(
        self, net: MultiTaskNet, spec: dict[str, Any], history: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Collect the attributes of the estimator as fitted until now."""
        return {
            "net_": net,
            "history_": history,
            "n_iter_": len(history),
            "_fitted": spec,
        }

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is a network to predict with."""
        return hasattr(self, "_fitted")

    def __getstate__(self) -> dict[str, Any]:
        """Return parameters, vocabulary, history, and the weights as plain arrays.

        The network is rebuilt from them; no optimiser, no device, no module is kept.
        """
        state = super().__getstate__().copy()
        if "net_" in state:
            state["_weights"] = {
                name: tensor.detach().cpu().numpy()
                for name, tensor in state.pop("net_").module_.state_dict().items()
            }
            state["_hanrock_version"] = hanrock_sk.__version__
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Rebuild the network, on the device asked for or else on the CPU."""
        state = dict(state)
        weights = state.pop("_weights", None)
        state.pop("_hanrock_version", None)
        super().__setstate__(state)
        if weights is not None:
            self.net_ = self._rebuild_net(weights)

    def _rebuild_net(self, weights: dict[str, np.ndarray]) -> MultiTaskNet:
        import torch

        from hanrock_sk.estimators.devices import find_device_or_cpu
        from hanrock_sk.estimators.training import make_net
        from hanrock_sk.model.losses import MultiTaskLoss

        net = make_net(
            **self._network_params(self._fitted),
            embedding=torch.from_numpy(weights["embedding"]),
            freeze_embedding=False,
            device=find_device_or_cpu(self.device),
            criterion=MultiTaskLoss,
        )
        with torch.random.fork_rng(devices=[]):
            net.initialize()
        net.module_.load_state_dict(
            {name: torch.from_numpy(array) for name, array in weights.items()}
        )
        net.trim_for_prediction()
        return net

    # --- prediction -------------------------------------------------------------------

    def _read_new(self, X: Any) -> Talkturns:
        """Read talkturns to predict, with the columns that training had."""
        check_is_fitted(self)
        talkturns = self._read(X, self._fitted["column"])
        trained_on_table = self._fitted["column"] is not None
        if (talkturns.table is None) and trained_on_table:
            if self._fitted["in_conversations"]:
                raise TypeError(
                    "This model was trained on a table of conversations; pass a table "
                    f"with the columns {self.conversation!r} and "
                    f"{self._fitted['column']!r}, not a sequence of strings."
                )
        elif self._fitted["in_conversations"] and not self._has_conversations(
            talkturns
        ):
            raise ValueError(
                f"The talkturn table lacks the column {self.conversation!r}, which it "
                "had in training: without it no talkturn has a content context."
            )
        return talkturns

    def _run(
        self, talkturns: Talkturns
    ) -> Iterator[tuple[np.ndarray, Batch, Predictions]]:
        """Run the network over all talkturns, whole conversations at a time.

        Yields
        ------
        rows : ndarray of int64
            Table rows of the piece, in the order of its predictions.
        batch : Batch
            What was read.
        predictions : Predictions
            On the CPU.
        """
        import torch

        from hanrock_sk.estimators.training import PIECE_WORDS
        from hanrock_sk.model.batches import make_batch, whole_conversations

        content_size = self._fitted["content_size"]
        table = self._token_table(talkturns, self._fitted["max_words"])
        order = talkturns.conversations.order
        module = self.net_.module_.eval()
        everything = np.arange(len(table))
        with torch.inference_mode():
            for part in whole_conversations(
                table, everything, content_size, PIECE_WORDS
            ):
                batch = make_batch(table, part, content_size)
                yield order[batch.targets], batch, module(batch.to(self.net_.device))

    def _predict_primary(self, X: Any) -> np.ndarray:
        """Logits or values of the primary task, by row."""
        talkturns = self._read_new(X)
        raw = np.empty(
            (len(talkturns), self._fitted["sizes"]["primary"]), dtype=np.float32
        )
        for rows, _, predictions in self._run(talkturns):
            raw[rows] = predictions.primary.cpu().numpy()
        return raw

    @abstractmethod
    def _decode_primary(self, raw: np.ndarray) -> np.ndarray:
        """Turn the network's primary output into predictions."""

    def _decode_values(self, values: np.ndarray) -> np.ndarray:
        """Take real values back to the user's unit."""
        return values

    def predict(self, X: Any) -> np.ndarray:
        """Predict the primary task of every talkturn.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, with the columns that were read in training. Give whole
            conversations: the talkturns before a talkturn are its content context.

        Returns
        -------
        y : ndarray of shape (n_talkturns,)
            Classes, or values.
        """
        return self._decode_primary(self._predict_primary(X))

    def predict_auxiliary(self, X: Any) -> dict[str, np.ndarray]:
        """Predict every task of every talkturn.

        Parameters
        ----------
        X : DataFrame or sequence of str
            See `predict`.

        Returns
        -------
        predictions : dict of str to ndarray of shape (n_talkturns,)
            "primary", and each auxiliary task by its name, such as "action__au05" (in
            the range of its targets) or "history__1" (in the classes of the primary
            task, for a classifier).
        """
        talkturns = self._read_new(X)
        n_rows = len(talkturns)
        valued, labelled = self._fitted["valued"], self._fitted["labelled"]
        if self._fitted["architecture"] == "han":
            valued, labelled = [], []
        width = self._fitted["sizes"]["primary"]
        primary = np.empty((n_rows, width), dtype=np.float32)
        values = np.empty((len(valued), n_rows), dtype=np.float32)
        logits = np.empty((len(labelled), n_rows, width), dtype=np.float32)
        for rows, _, predictions in self._run(talkturns):
            primary[rows] = predictions.primary.cpu().numpy()
            values[:, rows] = predictions.values.cpu().numpy()
            if labelled:
                logits[:, rows] = predictions.logits.cpu().numpy()
        found = {"primary": self._decode_primary(primary)}
        found |= dict(zip(valued, self._decode_values(values), strict=True))
        found |= {
            name: self._decode_primary(raw)
            for name, raw in zip(labelled, logits, strict=True)
        }
        return found

    def attention(self, X: Any) -> Attention:
        """Return what the network attended to, at all three levels.

        Parameters
        ----------
        X : DataFrame or sequence of str
            See `predict`.

        Returns
        -------
        attention : Attention
            The weights of words, talkturns and tasks, by row of `X`.
        """
        from hanrock_sk.estimators.attention import collect_attention

        talkturns = self._read_new(X)
        names = [*self._fitted["valued"], *self._fitted["labelled"]]
        return collect_attention(
            talkturns,
            self._run(talkturns),
            self.vocabulary_,
            self._fitted["max_words"],
            ("primary", *(names if self._fitted["architecture"] == "rock" else [])),
        )

    def __sklearn_tags__(self) -> Any:
        """Say that the input is a table or strings, not an array of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags


def _split(
    data: TalkturnData, held_out: np.ndarray
) -> tuple[TalkturnData, TalkturnData]:
    """Split the targets; the talkturns stay together, as each other's context."""
    from dataclasses import replace

    at_targets = held_out[data.targets]
    return (
        replace(data, targets=data.targets[~at_targets]),
        replace(data, targets=data.targets[at_targets]),
    )
