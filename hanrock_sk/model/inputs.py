"""What a word is to the network: the vector x_it that the word encoders read.

x_it = W_e w_it of section 3.2. A word said is a row of the table W_e, which is learnt
or given; a word that training did not have may bring a row of its own. An encoder may
have given the word a vector too, as it stands in its talkturn: that one then follows
the one of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hanrock_sk.model.encoders import Rows, WordEncoder, table_of_word_products
from hanrock_sk.model.layout.batches import Batch
from hanrock_sk.model.layout.gather import both_directions
from hanrock_sk.model.ops.signatures import Given
from hanrock_sk.model.words import word_vectors


@dataclass(frozen=True)
class WordProducts:
    """Input products of distinct words, which prediction looks up.

    Attributes
    ----------
    row : Tensor of int64, shape (vocabulary,)
        The row of each word.
    table : Tensor of shape (2 * n_distinct, branches * 3 * word_gru)
        Their products for both reading directions; see `both_directions`.
    """

    row: Tensor
    table: Tensor

    def of(self, words: Tensor) -> Rows:
        """Look words (2, n_words) up."""
        return Rows(self.table, both_directions(*self.row[words]))


class WordInputs(nn.Module):
    """The vectors of a batch's words, as both branches read them.

    Parameters
    ----------
    embedding : Tensor of shape (n_words, embedding_dim)
        The table W_e to start from; of no width if words have the encoder's vectors
        alone.
    contextual : int, default=0
        Width of the encoder's vectors, 0 without an encoder. They are not trained, but
        standardised by their mean and spread over the training.
    freeze : bool, default=False
        Whether the table stays as it is.
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self, embedding: Tensor, contextual: int = 0, freeze: bool = False
    ) -> None:
        super().__init__()
        self.embedding = nn.Parameter(embedding.clone(), requires_grad=not freeze)
        self.contextual = contextual
        self.register_buffer("mean", torch.zeros(contextual))
        self.register_buffer("spread", torch.ones(contextual))

    @property
    def width(self) -> int:
        """Numbers a word."""
        return self.embedding.shape[1] + self.contextual

    @property
    def trained(self) -> int:
        """How many of them, the first ones, are trained."""
        return self.embedding.shape[1] if self.embedding.requires_grad else 0

    def table(self, beyond: Tensor | None) -> Tensor:
        """Return W_e, and behind it the rows of words that training did not have."""
        if beyond is None:
            return self.embedding
        return torch.cat([self.embedding, beyond.to(self.embedding)])

    def forward(self, batch: Batch, mask: Tensor | None) -> Tensor:
        """Collect x_it of all words of a batch.

        Parameters
        ----------
        batch : Batch
            What is read.
        mask : Tensor of shape (talkturns, width) or None
            Input dropout: one mask a talkturn, constant over its words.

        Returns
        -------
        rows : Tensor of shape (2, n_words, aligned(width))
            The words read from the left and from the right, a one behind each; see
            `hanrock_sk.model.layout.rows.with_ones`.
        """
        table, packing = self.table(batch.beyond), batch.talkturns
        given = None
        if batch.contextual is not None:
            vectors = batch.contextual.to(table)
            mean, spread = self.mean.to(table), self.spread.to(table)
            given = Given(vectors, mean, spread, packing.mirror)
        return word_vectors(table, batch.words, mask, packing.sequence, given)

    def products(
        self,
        encoders: Sequence[WordEncoder],
        words: Tensor,
        beyond: Tensor | None = None,
    ) -> WordProducts:
        """Compute the input products of some words of the table, to predict with.

        Without dropout they depend on the word alone, so that a word that is said a
        thousand times needs one product.

        Parameters
        ----------
        encoders : sequence of WordEncoder
            One per branch.
        words : Tensor of int64, shape (n_distinct,)
            Distinct word ids.
        beyond : Tensor of shape (n_beyond, embedding_dim) or None, default=None
            Rows behind the table.

        Returns
        -------
        products : WordProducts
            To be passed to the network, as long as its parameters stay.
        """
        table = self.table(beyond)
        row = words.new_zeros(len(table))
        row[words] = torch.arange(len(words), device=words.device)
        return WordProducts(row, table_of_word_products(encoders, table[words]))
