"""A fitted network: the network, the words it reads, and what it was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch

from hanrock_sk._base.seeding import generator_given_back
from hanrock_sk.estimators.devices import find_device_or_cpu
from hanrock_sk.estimators.net import MultiTaskNet, make_net
from hanrock_sk.estimators.reading import Talkturns, read_as_in_training
from hanrock_sk.estimators.talkturn_data import piece_words
from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.estimators.word_reader import WordReader
from hanrock_sk.model.inputs import WordProducts
from hanrock_sk.model.layout.batch_targets import whole_conversations
from hanrock_sk.model.layout.batches import Batch, TokenTable, make_batch
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.records import Predictions
from hanrock_sk.text import Vocabulary
from hanrock_sk.text.static_vectors import StaticVectors

ENCODED_PIECES = 16
"""Pieces of `PIECE_WORDS` words; bounds the memory of their vectors."""


class FittedNetwork:
    """A network that has been trained, and all it takes to predict with it.

    Parameters
    ----------
    net : MultiTaskNet
        The skorch net around it.
    reader : WordReader
        Texts to words.
    trained_on : TrainedOn
        What it was trained on.
    """

    def __init__(
        self, net: MultiTaskNet, reader: WordReader, trained_on: TrainedOn
    ) -> None:
        self.net, self.reader, self.trained_on = net, reader, trained_on
        # Of each conversation trained on, see `conversation_contents`; not saved.
        self.contents: dict[Any, int] = {}

    def __repr__(self) -> str:
        """Name the architecture and the size of the vocabulary."""
        words = len(self.reader.vocabulary)
        return f"<{self.trained_on.architecture} network, {words} words>"

    @property
    def device(self) -> str:
        """Where the network is."""
        return self.net.device

    def read(self, X: Any) -> Talkturns:
        """Read talkturns to predict, as those of the training were read.

        Parameters
        ----------
        X : DataFrame or sequence of str
            What a user passes.

        Returns
        -------
        talkturns : Talkturns
            By row.
        """
        seen = self.trained_on
        return read_as_in_training(
            X,
            seen.column,
            seen.columns,
            seen.in_conversations,
            with_speakers=seen.sizes.speakers,
            with_said=self.reader.encoder is not None,
        )

    def run(
        self, talkturns: Talkturns
    ) -> Iterator[tuple[np.ndarray, Batch, Predictions]]:
        """Run the network over all talkturns, whole conversations at a time.

        Parameters
        ----------
        talkturns : Talkturns
            See `read`.

        Yields
        ------
        rows : ndarray of int64
            Table rows of the piece, in the order of its predictions.
        batch : Batch
            What was read.
        predictions : Predictions
            On the network's device.
        """
        content_size = self.trained_on.content_size
        order = talkturns.conversations.order
        table = self.reader.token_table(talkturns, encode=False)
        module = self.net.module_.eval()
        products = self._products_of_frequent(table)
        everything = np.arange(len(table))
        pieces = whole_conversations(
            table, everything, content_size, piece_words(self.device)
        )
        for some in batched(pieces, self._pieces_at_a_time()):
            read = _read_by(table, np.concatenate(some), content_size)
            encoded = self.reader.with_contextual(table, talkturns, read)
            for part in some:
                batch = make_batch(encoded, part, content_size).to(self.device)
                with torch.inference_mode():  # not around the yield: the thread's
                    predictions = module(batch, products=products)
                yield order[batch.targets], batch, predictions

    def _pieces_at_a_time(self) -> int:
        """Pieces whose texts an encoder reads together: many, to sort by length."""
        return 1 if self.reader.encoder is None else ENCODED_PIECES

    def _products_of_frequent(self, table: Any) -> WordProducts | None:
        """Compute the input products of all words, if most are said again."""
        said = np.unique(table.ids)
        if self.reader.encoder is not None:
            return None  # each word said has a product of its own
        if 2 * len(said) > len(table.ids):
            return None
        beyond = None if table.beyond is None else torch.from_numpy(table.beyond)
        with torch.inference_mode():
            words = torch.from_numpy(said.astype(np.int64))
            return self.net.module_.know_words(
                words.to(self.device),
                None if beyond is None else beyond.to(self.device),
            )

    def predict_primary(self, talkturns: Talkturns) -> np.ndarray:
        """Predict the primary task: logits or values, (n_talkturns, n_outputs)."""
        shape = len(talkturns), self.trained_on.sizes.primary
        raw = np.empty(shape, dtype=np.float32)
        for rows, _, predictions in self.run(talkturns):
            raw[rows] = predictions.primary.cpu().numpy()
        return raw

    def predict_tasks(
        self, talkturns: Talkturns
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Predict all tasks.

        Returns
        -------
        primary : ndarray of shape (n_talkturns, n_outputs)
            Logits, or values.
        values : ndarray of shape (real-valued auxiliary tasks, n_talkturns)
            On the network's scale.
        logits : ndarray of shape (auxiliary tasks with classes, n_talkturns, n_classes)
            Of the classes.
        """
        seen, n_rows = self.trained_on, len(talkturns)
        width = seen.sizes.primary
        primary = np.empty((n_rows, width), dtype=np.float32)
        values = np.empty((len(seen.valued), n_rows), dtype=np.float32)
        logits = np.empty((len(seen.labelled), n_rows, width), dtype=np.float32)
        for rows, _, predictions in self.run(talkturns):
            primary[rows] = predictions.primary.cpu().numpy()
            values[:, rows] = predictions.values.cpu().numpy()
            if seen.labelled:
                logits[:, rows] = predictions.logits.cpu().numpy()
        return primary, values, logits

    def weights(self) -> dict[str, np.ndarray]:
        """Return the weights as plain arrays; a network on the CPU shares them."""
        return {
            name: tensor.detach().cpu().numpy()
            for name, tensor in self.net.module_.state_dict().items()
        }

    def set_weights(self, weights: dict[str, np.ndarray]) -> None:
        """Take weights, as `weights` returned them."""
        self.net.module_.load_state_dict(
            {name: torch.from_numpy(array) for name, array in weights.items()}
        )

    def state(self) -> dict[str, Any]:
        """Return plain data to rebuild it from: no optimiser, device or module."""
        return {
            "trained_on": self.trained_on.state(),
            "vocabulary": self.reader.vocabulary,
            "vectors": self.reader.vectors.source,
            "encoder": self.reader.encoder,
            "bag": self.reader.bag,
            "fingerprint": self.reader.fingerprint,
            "features": self.reader.features,
            "weights": self.weights(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], device: str) -> FittedNetwork:
        """Rebuild a network.

        Parameters
        ----------
        state : dict
            What `state` returned.
        device : str
            Where to put it; the CPU if there is no such device.
        """
        trained_on = TrainedOn.from_state(state["trained_on"])
        weights = state["weights"]
        net = make_net(
            architecture=trained_on.architecture,
            sizes=trained_on.sizes,
            embedding=torch.from_numpy(weights["inputs.embedding"]),
            freeze_embedding=False,
            device=find_device_or_cpu(device),
            criterion=MultiTaskLoss,
        )
        with generator_given_back():
            net.initialize()
        net.trim_for_prediction()
        vectors = StaticVectors(state.get("vectors"))
        reader = WordReader(
            state["vocabulary"],
            vectors,
            trained_on.max_words,
            state.get("encoder"),
            state.get("bag"),
            state.get("fingerprint"),
        )
        reader.features = state.get("features")
        network = cls(net, reader, trained_on)
        network.set_weights(weights)
        return network


def state_of_version_1(state: dict[str, Any]) -> dict[str, Any]:
    """Bring the attributes of an estimator saved by 0.1.0 into the form of today.

    The network was spread over three attributes then, and the table of word vectors
    stood beside its other weights. It had no note of the column of conversations, and
    one fusion.
    """
    state = dict(state)
    trained_on: dict[str, Any] = state.pop("_fitted")
    weights: dict[str, Any] = dict(state.pop("_weights"))
    vocabulary: Vocabulary = state.pop("vocabulary_")
    weights["inputs.embedding"] = weights.pop("embedding")
    weights["inputs.mean"] = weights["inputs.spread"] = np.empty(0, np.float32)
    names = {n: state[n] for n in ("conversation", "narrative", "text")}
    trained_on = names | trained_on
    trained_on["sizes"] = trained_on["sizes"] | {"fusion": "paper"}
    network = {
        "trained_on": trained_on,
        "vocabulary": vocabulary,
        "vectors": None,  # words that training did not have were unknown
        "weights": weights,
    }
    return state | {"network_": network}


def _read_by(table: TokenTable, targets: np.ndarray, content_size: int) -> np.ndarray:
    """Return the positions of all talkturns that stand in the windows of some targets.

    The targets are neighbours, in time order.
    """
    begin = max(table.first[targets[0]], targets[0] - content_size + 1)
    return np.arange(begin, targets[-1] + 1)


def batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of `size` items; the last may be shorter."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
