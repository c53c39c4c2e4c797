"""Prediction: each talkturn encoded once, whole conversations at a time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from hanrock_sk.estimators.persistence import PlainState
from hanrock_sk.estimators.reading import Talkturns, as_in_training, read_talkturns
from hanrock_sk.text import Vocabulary

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.attention import Attention
    from hanrock_sk.estimators.live import LiveModel
    from hanrock_sk.model.batches import Batch, TokenTable
    from hanrock_sk.model.records import Predictions


class Predictor(PlainState):
    """What a fitted HAN-ROCK estimator can say of talkturns."""

    conversation: str
    narrative: str
    text: str
    vocabulary_: Vocabulary

    def _read(self, X: Any, conversation: str, column: str | None = None) -> Talkturns:
        return read_talkturns(X, self.narrative, self.text, conversation, column)

    def _token_table(self, talkturns: Talkturns, max_words: int | None) -> TokenTable:
        """Tokenise every talkturn once, conversation by conversation."""
        from hanrock_sk.model.batches import TokenTable

        in_order = (talkturns.texts[row] for row in talkturns.conversations.order)
        tokens = self.vocabulary_.encode(in_order, max_words)
        return TokenTable(tokens.ids, tokens.offsets, talkturns.conversations.first)

    @property
    def _conversation_column(self) -> str:
        """The column of conversations as it was named in `fit`."""
        # The first models saved had no note of it.
        return self._fitted.get("conversation", self.conversation)

    def _read_new(self, X: Any) -> Talkturns:
        """Read talkturns to predict, with the columns that training had."""
        check_is_fitted(self)
        column, conversation = self._fitted["column"], self._conversation_column
        return as_in_training(
            self._read(X, conversation, column),
            conversation,
            column,
            self._fitted["in_conversations"],
        )

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

        from hanrock_sk.estimators.net import PIECE_WORDS
        from hanrock_sk.model.batches import make_batch, whole_conversations

        content_size = self._fitted["content_size"]
        table = self._token_table(talkturns, self._fitted["max_words"])
        order = talkturns.conversations.order
        module = self.net_.module_.eval()
        everything = np.arange(len(table))
        products = None
        spoken = np.unique(table.ids)
        if 2 * len(spoken) <= len(table.ids):  # most words are said again
            with torch.inference_mode():
                words = torch.from_numpy(spoken.astype(np.int64))
                products = module.know_words(words.to(self.net_.device))
        for part in whole_conversations(table, everything, content_size, PIECE_WORDS):
            batch = make_batch(table, part, content_size).to(self.net_.device)
            with torch.inference_mode():  # not around the yield: it is the thread's
                predictions = module(batch, products=products)
            yield order[batch.targets], batch, predictions

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
        return collect_attention(
            talkturns,
            self._run(talkturns),
            self.vocabulary_,
            self._fitted["max_words"],
            self._encoded_tasks(),
        )

    def live(self) -> LiveModel:
        """Start predicting a conversation while it happens.

        Returns
        -------
        conversation : LiveModel
            Its method ``add`` takes one talkturn after the other. For a whole Pipeline,
            narrating included, see `hanrock_sk.live`.
        """
        from hanrock_sk.estimators.live import LiveModel

        return LiveModel(self)

    def _encoded_tasks(self) -> tuple[str, ...]:
        """Name the tasks that have a talkturn encoder of their own."""
        if self._fitted["architecture"] != "rock":
            return ("primary",)
        return ("primary", *self._fitted["valued"], *self._fitted["labelled"])

    def _name_probabilities(self, raw: np.ndarray) -> dict[Any, float] | None:
        """Name the probabilities of one talkturn's classes, if there are classes."""
        return None
