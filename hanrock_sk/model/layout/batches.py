"""Which talkturns a batch reads: distinct ones, and windows as ranges over them.

The obvious way repeats a talkturn in every window it stands in, as a tensor of
(targets, content size, words). Here each distinct talkturn of a batch appears once,
and a window is a run of neighbours among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from hanrock_sk.model.layout.bags import BagRows, Bags, bags_of, ranges
from hanrock_sk.model.layout.gather import Gather, both_directions, stable_order
from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.layout.transfer import move_record


@dataclass(frozen=True)
class ContextualRows:
    """A row for each word said, as an encoder gave it; equal texts share their rows.

    Attributes
    ----------
    vectors : ndarray of float16, shape (n_rows, width)
        The vectors of all distinct texts, word by word.
    starts : ndarray of int64, shape (n_talkturns,)
        The row of each talkturn's first word.
    told : ndarray of int64, shape (n_talkturns,)
        How many of its first words a narrator added: their rows are zeros.
    """

    vectors: np.ndarray
    starts: np.ndarray
    told: np.ndarray


@dataclass(frozen=True)
class TokenTable:
    """Every talkturn's words, conversation by conversation, in time order.

    Attributes
    ----------
    ids : ndarray of unsigned integers, shape (n_words,)
        Word ids of all talkturns, one after the other.
    offsets : ndarray of int64, shape (n_talkturns + 1,)
        Where each talkturn's words begin; every talkturn has at least one.
    first : ndarray of int64, shape (n_talkturns,)
        For each talkturn, the first talkturn of its conversation.
    beyond : ndarray of float32, shape (n_beyond, embedding_dim), or None
        Vectors of words that training did not have; their ids follow those of the
        words that it had.
    contextual : ContextualRows or None
        The vectors that an encoder gave the words.
    speakers : ndarray of int64, shape (n_talkturns,), or None
        Who speaks, as a number.
    bags : BagRows or None
        Each talkturn's bag of words.
    features : ndarray of float32, shape (n_talkturns, width), or None
        Each talkturn's numbers and codes.
    """

    ids: np.ndarray
    offsets: np.ndarray
    first: np.ndarray
    beyond: np.ndarray | None = None
    contextual: ContextualRows | None = None
    speakers: np.ndarray | None = None
    bags: BagRows | None = None
    features: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Batch:
    """What the network reads to predict some talkturns, the targets.

    Attributes
    ----------
    words : Tensor of int64, shape (2, n_words)
        Word ids in packed order, read from the left and from the right.
    beyond : Tensor of shape (n_beyond, embedding_dim) or None
        See `TokenTable`.
    contextual : Tensor of shape (n_words, width) or None
        The encoder's vectors in packed order, read from the left.
    talkturns : Packing
        The distinct talkturns as sequences of words.
    context : Gather
        For every step of every window, read from its first talkturn and from its
        last: which distinct talkturn stands there; see `both_directions`.
    windows : Packing
        The windows as sequences of talkturns.
    targets : ndarray of int64, shape (n_targets,)
        Positions of the targets, in the order in which the network answers.
    talkturn_positions : ndarray of int64, shape (n_distinct,)
        Positions of the distinct talkturns, in packed order.
    own : Tensor of int64, shape (n_targets,)
        Which distinct talkturn each target is.
    speakers : Tensor of int64, shape (2 * rows,), or None
        For every entry of `context`, who speaks there: 0 another speaker than in the
        target, 1 the same, 2 the target itself.
    sentences : Tensor of shape (n_targets, width) or None
        The mean of the encoder's vectors of each target.
    bags : Bags or None
        Each target's bag of words.
    features : Tensor of shape (n_distinct, width) or None
        Numbers and codes of the distinct talkturns, in packed order.
    """

    words: Tensor
    talkturns: Packing
    context: Gather
    windows: Packing
    targets: np.ndarray = field(repr=False)
    talkturn_positions: np.ndarray = field(repr=False)
    own: Tensor
    beyond: Tensor | None = None
    contextual: Tensor | None = None
    speakers: Tensor | None = None
    sentences: Tensor | None = None
    bags: Bags | None = None
    features: Tensor | None = None

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def n_talkturns(self) -> int:
        """How many distinct talkturns the batch reads."""
        return self.talkturns.n_sequences

    def to(self, device: torch.device | str) -> Batch:
        """Move the tensors to a device, in one copy for each dtype."""
        return move_record(self, device)


def make_batch(table: TokenTable, targets: np.ndarray, content_size: int) -> Batch:
    """Collect what the network has to read for some targets.

    Parameters
    ----------
    table : TokenTable
        All talkturns.
    targets : ndarray of int64
        Positions of the talkturns to predict.
    content_size : int
        Talkturns in a window, the target included (L of the paper).

    Returns
    -------
    batch : Batch
        Its targets are sorted by the length of their window, longest first.
    """
    begin = np.maximum(table.first[targets], targets - content_size + 1)
    by_length = stable_order(content_size - 1 + begin - targets)
    targets, begin = targets[by_length], begin[by_length]
    lengths = targets - begin + 1
    windows = Packing.of(lengths)

    sequence, step = windows.sequence.numpy(), windows.step.numpy()
    forward = begin[sequence] + step
    backward = targets[sequence] - step
    speakers = None
    if table.speakers is not None:
        speakers = same_speaker(
            table.speakers,
            np.stack([forward, backward], axis=1).ravel(),
            targets[sequence],
        )
    positions = np.unique(forward)
    n_words = table.offsets[positions + 1] - table.offsets[positions]
    longest_first = stable_order(n_words.max() - n_words)
    rank = np.empty_like(longest_first)
    rank[longest_first] = np.arange(len(rank))
    positions, n_words = positions[longest_first], n_words[longest_first]

    talkturns = Packing.of(n_words)
    sequence, step = talkturns.sequence.numpy(), talkturns.step.numpy()
    starts = table.offsets[positions][sequence]
    words = table.ids[
        np.stack([starts + step, starts + n_words[sequence] - 1 - step])
    ].astype(np.int64)
    contextual = None
    if table.contextual is not None:
        rows = table.contextual.starts[positions][sequence] + step
        contextual = torch.from_numpy(table.contextual.vectors[rows])
    sentences = mean_contextual(table, targets)
    sorted_positions = np.sort(positions)
    context = both_directions(
        rank[np.searchsorted(sorted_positions, forward)],
        rank[np.searchsorted(sorted_positions, backward)],
    )
    return Batch(
        words=torch.from_numpy(words),
        talkturns=talkturns,
        context=Gather.of(context, 2 * len(positions)),
        windows=windows,
        targets=targets,
        talkturn_positions=positions,
        own=torch.from_numpy(rank[np.searchsorted(sorted_positions, targets)]),
        beyond=None if table.beyond is None else torch.from_numpy(table.beyond),
        contextual=contextual,
        speakers=speakers,
        sentences=None if sentences is None else torch.from_numpy(sentences),
        bags=None if table.bags is None else bags_of(table.bags, table.first, targets),
        features=None
        if table.features is None
        else torch.from_numpy(table.features[positions]),
    )


def same_speaker(
    speakers: np.ndarray, entries: np.ndarray, targets: np.ndarray
) -> Tensor:
    """Compare the speaker at every entry with that of its target; see `Batch`."""
    targets = np.repeat(targets, 2)
    same = (speakers[entries] == speakers[targets]).astype(np.int64)
    return torch.from_numpy(np.where(entries == targets, 2, same))


def mean_contextual(table: TokenTable, targets: np.ndarray) -> np.ndarray | None:
    """Average the encoder's vectors of each target's words.

    Returns
    -------
    means : ndarray of float32, shape (n_targets, width), or None
        None without an encoder.
    """
    rows = table.contextual
    if rows is None:
        return None
    told = rows.told[targets]
    lengths = table.offsets[targets + 1] - table.offsets[targets] - told
    vectors = rows.vectors[ranges(rows.starts[targets] + told, lengths)]
    begins = torch.from_numpy(np.cumsum(lengths) - lengths)
    # torch reads half precision, and sums rows, a dozen times faster than NumPy.
    said = torch.from_numpy(vectors).float()
    means = F.embedding_bag(torch.arange(len(said)), said, begins, mode="mean")
    return means.numpy()


@cache
def one_window(size: int) -> Batch:
    """Make the batch of a single window over talkturns that are encoded already.

    Parameters
    ----------
    size : int
        Talkturns in the window, the target included.

    Returns
    -------
    batch : Batch
        It has no words; the distinct talkturns are the window's, oldest first.
    """
    forward = np.arange(size)
    context = both_directions(forward, forward[::-1])
    return Batch(
        words=torch.empty(2, 0, dtype=torch.int64),
        talkturns=Packing.of(np.ones(size, dtype=np.int64)),
        context=Gather.of(context, 2 * size),
        windows=Packing.of(np.array([size])),
        targets=np.array([size - 1]),
        talkturn_positions=forward,
        own=torch.tensor([size - 1]),
    )
