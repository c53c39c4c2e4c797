"""Prediction while a conversation happens: each talkturn is encoded when it is said."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.model.layout.bags import BAG_CONTEXT, BagRows, bags_of
from hanrock_sk.model.layout.batches import (
    Batch,
    make_batch,
    one_window,
    same_speaker,
)
from hanrock_sk.model.records import Masks
from hanrock_sk.talkturns.conversations import Conversations
from hanrock_sk.talkturns.speakers import SpeakerNumbers
from hanrock_sk.talkturns.table import read_table


@dataclass(frozen=True)
class LiveAttention:
    """What was attended to in predicting one talkturn.

    Attributes
    ----------
    words : list of list of str
        The words of each talkturn of the window, oldest talkturn first.
    word_weights : list of ndarray, each of shape (n_branches, n_words)
        Their weights; they sum to 1 over a talkturn.
    talkturn_weights : ndarray of shape (n_tasks, n_window)
        Weights of the talkturns of the window; they sum to 1.
    task_weights : ndarray of shape (n_tasks,)
        Weights of the tasks; they sum to 1.
    tasks : tuple of str
        The tasks, "primary" first.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier
    >>> model = HANRockClassifier(
    ...     word_gru=4, pri_gru=4, attention_units=4, max_epochs=1, min_count=1,
    ...     device="cpu", random_state=0,
    ... ).fit(["yes", "no", "oh yes", "no no"], ["good", "bad"] * 2)
    >>> attention = model.live().add("oh yes").attention
    >>> attention.words, attention.tasks, attention.talkturn_weights.shape
    ([['oh', 'yes']], ('primary',), (1, 1))
    """

    words: list[list[str]]
    word_weights: list[np.ndarray]
    talkturn_weights: np.ndarray
    task_weights: np.ndarray
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class LivePrediction:
    """What is predicted of one talkturn.

    Attributes
    ----------
    prediction : object
        The class, or the value.
    probabilities : dict of class to float, or None
        The probability of each class; None for a value.
    attention : LiveAttention
        What was attended to.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier
    >>> model = HANRockClassifier(
    ...     word_gru=4, pri_gru=4, attention_units=4, max_epochs=1, min_count=1,
    ...     device="cpu", random_state=0,
    ... ).fit(["yes", "no", "oh yes", "no no"], ["good", "bad"] * 2)
    >>> said = model.live().add("oh yes")
    >>> said.prediction == max(said.probabilities, key=said.probabilities.get)
    True
    """

    prediction: Any
    probabilities: dict[Any, float] | None
    attention: LiveAttention


@dataclass(frozen=True)
class _Heard:
    """A talkturn as the word encoders heard it."""

    vector: torch.Tensor  # (branches, units)
    words: list[str]
    word_weights: np.ndarray  # (branches, n_words)
    speaker: int
    sentence: torch.Tensor | None  # (1, width): the mean of the encoder's vectors
    bag: BagRows | None


class LiveModel:
    """One conversation, predicted talkturn by talkturn.

    Made by the ``live`` method of a fitted estimator. Each talkturn is word-encoded
    once; what is predicted of it is what ``predict`` gives on the table of the
    conversation so far. A model that was trained without conversations reads each
    talkturn alone.

    Parameters
    ----------
    model : HANRockClassifier or HANRockRegressor
        The fitted estimator.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier
    >>> texts = ["yes", "no", "oh yes", "no no", "yes", "no"]
    >>> model = HANRockClassifier(
    ...     word_gru=4, pri_gru=4, attention_units=4, max_epochs=1, min_count=1,
    ...     device="cpu", random_state=0,
    ... ).fit(texts, ["good", "bad"] * 3)
    >>> conversation = model.live()
    >>> said = conversation.add("yes")
    >>> said.prediction in model.classes_, said.attention.words
    (True, [['yes']])
    """

    def __init__(self, model: Any) -> None:
        check_is_fitted(model)
        self._model, self._network = model, model.network_
        self._module = self._network.net.module_.eval()
        trained_on = self._network.trained_on
        # Trained on talkturns without context, it reads them without.
        window = trained_on.content_size if trained_on.in_conversations else 1
        self._heard: deque[_Heard] = deque(maxlen=window)
        n_bags = 1 + BAG_CONTEXT if trained_on.in_conversations else 1
        self._bags: deque[BagRows] = deque(maxlen=n_bags)
        self._number = SpeakerNumbers(trained_on.speaker)

    def __getstate__(self) -> dict[str, Any]:
        """Return what was heard, in the CPU's memory, and the model."""
        state = {
            n: v for n, v in vars(self).items() if n not in ("_network", "_module")
        }
        return state | {"_heard": self._heard_on("cpu")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Go on where the model is now."""
        vars(self).update(state)
        self._network = self._model.network_
        self._module = self._network.net.module_.eval()
        self._heard = self._heard_on(self._network.device)

    def _heard_on(self, device: str) -> deque[_Heard]:
        return deque(
            (replace(each, vector=each.vector.to(device)) for each in self._heard),
            maxlen=self._heard.maxlen,
        )

    def add(
        self,
        text: str,
        speaker: Any = None,
        said: str | None = None,
        features: Any = None,
    ) -> LivePrediction:
        """Hear the next talkturn, and predict it.

        Parameters
        ----------
        text : str
            What the model reads of the talkturn: its narrative, if it was trained on
            narratives.
        speaker : object, default=None
            Who says it. None stands for somebody else than anybody before.
        said : str or None, default=None
            What is said, verbatim, if `text` is a narrative of it; an encoder reads it.
        features : DataFrame, default=None
            A table of one row with the columns of the model's `features`, if any.

        Returns
        -------
        prediction : LivePrediction
            What is predicted of it.
        """
        if not isinstance(text, str):
            raise TypeError(f"A talkturn's text must be a string, got {text!r}.")
        with torch.inference_mode():
            heard = self._hear(text, said, self._number(speaker), features)
            self._heard.append(heard)
            if heard.bag is not None:
                self._bags.append(heard.bag)
            window = self._window().to(self._network.device)
            s = torch.stack([heard.vector for heard in self._heard])
            predictions = self._module.read_windows(s, s.new_empty(0), window, Masks())
        raw = predictions.primary.cpu().numpy()
        attentions = predictions.attentions
        return LivePrediction(
            prediction=self._model._decode_primary(raw)[0],
            probabilities=self._model._name_probabilities(raw),
            attention=LiveAttention(
                words=[heard.words for heard in self._heard],
                word_weights=[heard.word_weights for heard in self._heard],
                talkturn_weights=attentions.talkturns.cpu().numpy().T,
                task_weights=attentions.tasks[0].cpu().numpy(),
                tasks=self._network.trained_on.encoded_tasks,
            ),
        )

    def _hear(self, text: str, said: str | None, speaker: int, features: Any) -> _Heard:
        """Encode one talkturn."""
        reader, alone = self._network.reader, np.zeros(1, dtype=np.int64)
        verbatim = None if said is None else [said]
        talkturn = Talkturns([text], Conversations(alone, alone), None, None, verbatim)
        known = None
        if reader.features is not None:
            row = None if features is None else read_table(features)
            known = reader.features.encode(row)
        table = reader.token_table(talkturn, features=known)
        batch = make_batch(table, alone, 1)
        s, alpha = self._module.encode(batch.to(self._network.device), Masks())
        return _Heard(
            s[0],
            reader.words_of(text),
            alpha.cpu().numpy().T,
            speaker,
            batch.sentences,
            table.bags,
        )

    def _window(self) -> Batch:
        """Make the batch of the talkturn just heard, whose window is in `_heard`."""
        size = len(self._heard)
        window = one_window(size)
        steps = np.stack([np.arange(size), np.arange(size)[::-1]], axis=1).ravel()
        speakers = np.array([heard.speaker for heard in self._heard])
        bags = None
        if self._bags:
            n_bags = len(self._bags)
            rows = BagRows.joined(list(self._bags))
            bags = bags_of(rows, np.zeros(n_bags, np.int64), np.array([n_bags - 1]))
        return replace(
            window,
            speakers=same_speaker(speakers, steps, np.full(size, size - 1)),
            sentences=self._heard[-1].sentence,
            bags=bags,
        )
