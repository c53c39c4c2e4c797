"""The word encoder and the talkturn encoder: a bidirectional GRU under attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hanrock_sk.model.attention import AttentionPooling, attend
from hanrock_sk.model.gru import (
    BidirectionalGRU,
    StateWeights,
    input_product,
    input_table,
)
from hanrock_sk.model.layout.batches import Batch
from hanrock_sk.model.layout.gather import take
from hanrock_sk.model.recurrence import recurrence, recurrence_of_rows


@dataclass(frozen=True)
class Rows:
    """Rows of a table of input products; see `recurrence_of_rows`."""

    table: Tensor
    index: Tensor


class WordEncoder(nn.Module):
    """Words to talkturns, for one branch (section 3.2, from h_ait to s_ai).

    Parameters
    ----------
    embedding_dim : int
        Width of a word vector.
    hidden : int
        GRU units of one direction.
    units : int
        Width of a talkturn's vector s.
    """

    def __init__(self, embedding_dim: int, hidden: int, units: int) -> None:
        super().__init__()
        self.gru = BidirectionalGRU(1, embedding_dim, hidden)
        self.attention = AttentionPooling(1, hidden, units)


def word_products(
    branches: Sequence[WordEncoder], inputs: Tensor, trained: int | None = None
) -> Tensor:
    """Multiply word vectors with the input weights of all word encoders.

    Parameters
    ----------
    branches : sequence of WordEncoder
        The primary branch first: it alone sends its gradient to the word vectors.
    inputs : Tensor of shape (2, n_words, aligned(embedding_dim))
        Word vectors x_it for both reading directions; see `word_vectors`.
    trained : int or None, default=None
        How many of their columns are trained; None is all.

    Returns
    -------
    gates : Tensor of shape (n_words, 2, branches, 3 * hidden)
        Input products, biases included.
    """
    return input_product(inputs, [branch.gru for branch in branches], trained)


def table_of_word_products(branches: Sequence[WordEncoder], words: Tensor) -> Tensor:
    """Multiply the vectors of distinct words, to predict with.

    Parameters
    ----------
    branches : sequence of WordEncoder
        One per branch.
    words : Tensor of shape (n_distinct, embedding_dim)
        Word vectors.

    Returns
    -------
    table : Tensor of shape (2 * n_distinct, branches * 3 * hidden)
        See `input_table`.
    """
    return input_table(words, [branch.gru for branch in branches])


def encode_words(
    branches: Sequence[WordEncoder],
    gates: Tensor | Rows,
    state_mask: Tensor | None,
    batch: Batch,
) -> tuple[Tensor, Tensor]:
    """Encode each distinct talkturn of a batch once, all branches side by side.

    Parameters
    ----------
    branches : sequence of WordEncoder
        One per branch.
    gates : Tensor of shape (n_words, 2, branches, 3 * hidden), or Rows
        Input products in packed order, overwritten; see `word_products`. Or rows of a
        table of products, to predict with.
    state_mask : Tensor of shape (talkturns, 2 * branches, hidden) or None
        Recurrent dropout.
    batch : Batch
        What is read.

    Returns
    -------
    s : Tensor of shape (talkturns, branches, units)
        Talkturn vectors s_ai.
    alpha : Tensor of shape (n_words, branches)
        Word attention alpha_ait, in packed order.
    """
    weights = StateWeights.side_by_side([branch.gru for branch in branches])
    packing = batch.talkturns
    if isinstance(gates, Rows):
        states = recurrence_of_rows(gates.table, gates.index, *weights, packing)
    else:
        states = recurrence(gates.flatten(1, 2), *weights, state_mask, packing)
    heads = [branch.attention for branch in branches]
    return attend(
        states.unflatten(1, (2, len(branches))),
        torch.cat([head.weight for head in heads], dim=1),
        torch.cat([head.bias for head in heads]),
        torch.cat([head.query for head in heads]),
        packing,
    )


class TalkturnEncoder(nn.Module):
    """Talkturns to one vector per task (section 3.2, from h_abi to v_ab).

    Parameters
    ----------
    tasks : int
        Tasks of the same branch, each with a GRU and an attention of its own.
    units : int
        Width of the talkturn vectors s, and of the result.
    hidden : int
        GRU units of one direction: P of the primary, A of an auxiliary task.
    speakers : bool, default=False
        Whether a learnt vector is added to each talkturn of the window: one if its
        speaker is that of the target, another if not, a third for the target itself.
    """

    def __init__(
        self, tasks: int, units: int, hidden: int, speakers: bool = False
    ) -> None:
        super().__init__()
        self.gru = BidirectionalGRU(tasks, units, hidden)
        self.attention = AttentionPooling(tasks, hidden, units)
        self.speakers = nn.Parameter(torch.zeros(3, units)) if speakers else None

    def forward(
        self, talkturns: Tensor, state_mask: Tensor | None, batch: Batch
    ) -> tuple[Tensor, Tensor]:
        """Encode the windows of a batch.

        Parameters
        ----------
        talkturns : Tensor of shape (talkturns, units)
            Vectors of the batch's distinct talkturns.
        state_mask : Tensor of shape (targets, 2 * tasks, hidden) or None
            Recurrent dropout.
        batch : Batch
            What is read.

        Returns
        -------
        v : Tensor of shape (targets, tasks, units)
            The content context as each task sees it, v_ab.
        alpha : Tensor of shape (rows, tasks)
            Talkturn attention alpha_abi, in packed order of the windows.
        """
        gru, windows = self.gru, batch.windows
        # The input product is per distinct talkturn; windows pick theirs from it.
        weight, bias = gru.input_weight()
        table = torch.addmm(bias, talkturns, weight).view(2 * len(talkturns), -1)
        index = batch.context.index
        of_speakers, speakers = None, batch.speakers
        if self.speakers is not None and speakers is not None:
            of_speakers = (self.speakers @ weight).view(3, 2, -1)
        weights = gru.state_weights()
        if torch.is_grad_enabled() or state_mask is not None:
            lanes, width = gru.lanes
            gates = take(table, batch.context)
            if of_speakers is not None and speakers is not None:
                gates = gates + _speaker_products(of_speakers, speakers, gates)
            gates = gates.view(-1, lanes, 3 * width)
            if state_mask is not None:
                state_mask = state_mask.view(-1, lanes, width)
            states = recurrence(gates, *weights, state_mask, windows)
        else:
            if of_speakers is not None and speakers is not None:
                table = (table.view(-1, 2, table.shape[1]) + of_speakers[:, None]).view(
                    -1, table.shape[1]
                )
                index = index + 2 * len(talkturns) * speakers
            states = recurrence_of_rows(table, index, *weights, windows)
        return self.attention(states.view(-1, 2, gru.groups, gru.hidden), windows)


def _speaker_products(of_speakers: Tensor, speakers: Tensor, like: Tensor) -> Tensor:
    """Return the input product of each entry's speaker vector.

    A product with one-hot rows: its backward pass is a product again, where that of an
    index would add rows up one by one.
    """
    direction = torch.arange(2, device=like.device).repeat(len(like) // 2)
    which = F.one_hot(2 * speakers + direction, 6)
    return which.to(like) @ of_speakers.flatten(0, 1)
